-- AlterTable
ALTER TABLE "Session" DROP COLUMN "guestName";
