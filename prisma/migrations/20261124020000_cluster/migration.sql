-- CreateTable
CREATE TABLE "ServerProcess" (
    "id" SERIAL NOT NULL,
    "url" TEXT NOT NULL,
    "startedAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "ServerProcess_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "MeetingLease" (
    "meetingId" UUID NOT NULL,
    "routingKey" TEXT NOT NULL,
    "holderId" INTEGER NOT NULL,
    "takenAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "MeetingLease_pkey" PRIMARY KEY ("meetingId")
);

-- CreateIndex
CREATE INDEX "MeetingLease_routingKey_idx" ON "MeetingLease"("routingKey");

-- CreateIndex
CREATE INDEX "MeetingLease_holderId_idx" ON "MeetingLease"("holderId");

-- AddForeignKey
ALTER TABLE "MeetingLease" ADD CONSTRAINT "MeetingLease_meetingId_fkey" FOREIGN KEY ("meetingId") REFERENCES "Meeting"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "MeetingLease" ADD CONSTRAINT "MeetingLease_holderId_fkey" FOREIGN KEY ("holderId") REFERENCES "ServerProcess"("id") ON DELETE CASCADE ON UPDATE CASCADE;
