-- AlterEnum
ALTER TYPE "RecordingKind" ADD VALUE 'DEVICE';

-- AlterEnum
ALTER TYPE "RecordingState" ADD VALUE 'KEPT';
