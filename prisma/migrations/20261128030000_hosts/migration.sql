-- AlterTable
ALTER TABLE "Meeting" ADD COLUMN     "allowCamera" BOOLEAN NOT NULL DEFAULT true,
ADD COLUMN     "allowChat" BOOLEAN NOT NULL DEFAULT true,
ADD COLUMN     "allowMicrophone" BOOLEAN NOT NULL DEFAULT true,
ADD COLUMN     "allowScreen" BOOLEAN NOT NULL DEFAULT true;

-- AlterTable
ALTER TABLE "Visit" ADD COLUMN     "coHost" BOOLEAN NOT NULL DEFAULT false;
