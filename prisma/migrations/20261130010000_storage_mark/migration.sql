-- CreateTable
CREATE TABLE "StorageMark" (
    "id" INTEGER NOT NULL,
    "mark" UUID NOT NULL,
    "placedAt" TIMESTAMPTZ(3),

    CONSTRAINT "StorageMark_pkey" PRIMARY KEY ("id")
);
