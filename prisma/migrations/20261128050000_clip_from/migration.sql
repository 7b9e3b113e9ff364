-- AlterTable
ALTER TABLE "RecordingFile" ADD COLUMN "fromMs" INTEGER;
