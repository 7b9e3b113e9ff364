-- AlterTable
ALTER TABLE "Recording" ADD COLUMN "copy" BOOLEAN NOT NULL DEFAULT false;
