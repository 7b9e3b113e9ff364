-- AlterTable
ALTER TABLE "Recording" ADD COLUMN     "consentAsked" BOOLEAN NOT NULL DEFAULT false,
ADD COLUMN     "startedById" UUID,
ADD COLUMN     "startedByName" TEXT;
