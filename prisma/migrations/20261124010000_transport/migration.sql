-- CreateEnum
CREATE TYPE "MediaPolicy" AS ENUM ('AUTOMATIC', 'DIRECT', 'SERVER');

-- AlterTable
ALTER TABLE "Conference" ADD COLUMN     "onSfu" BOOLEAN NOT NULL DEFAULT false,
ADD COLUMN     "transportEpoch" INTEGER NOT NULL DEFAULT 0;

-- AlterTable
ALTER TABLE "Meeting" ADD COLUMN     "mediaPolicy" "MediaPolicy" NOT NULL DEFAULT 'AUTOMATIC';
