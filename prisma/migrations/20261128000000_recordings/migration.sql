-- CreateEnum
CREATE TYPE "RecordingPolicy" AS ENUM ('NEVER', 'ASK', 'AUTOMATIC');

-- CreateEnum
CREATE TYPE "RecordingKind" AS ENUM ('SERVER', 'LOCAL');

-- CreateEnum
CREATE TYPE "RecordingState" AS ENUM ('WAITING', 'RUNNING', 'FINISHING', 'READY', 'FAILED');

-- CreateEnum
CREATE TYPE "RecordingSource" AS ENUM ('COMPOSED', 'TRACK');

-- AlterEnum
ALTER TYPE "SessionKind" ADD VALUE 'RECORDER';

-- AlterEnum
ALTER TYPE "VisitRole" ADD VALUE 'RECORDER';

-- AlterTable
ALTER TABLE "Meeting" ADD COLUMN     "recordingConsent" BOOLEAN NOT NULL DEFAULT false,
ADD COLUMN     "recordingKeepDays" INTEGER,
ADD COLUMN     "recordingPolicy" "RecordingPolicy" NOT NULL DEFAULT 'ASK';

-- AlterTable
ALTER TABLE "Session" ADD COLUMN     "recordingId" UUID;

-- CreateTable
CREATE TABLE "Recording" (
    "id" UUID NOT NULL,
    "meetingId" UUID NOT NULL,
    "conferenceId" UUID NOT NULL,
    "ownerId" UUID NOT NULL,
    "title" TEXT NOT NULL,
    "kind" "RecordingKind" NOT NULL,
    "state" "RecordingState" NOT NULL DEFAULT 'WAITING',
    "studio" BOOLEAN NOT NULL DEFAULT false,
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "startedAt" TIMESTAMPTZ(3),
    "lastChunkAt" TIMESTAMPTZ(3),
    "stoppedAt" TIMESTAMPTZ(3),
    "stopReason" TEXT,
    "durationMs" INTEGER,
    "bytes" BIGINT NOT NULL DEFAULT 0,
    "wrappedKey" BYTEA,
    "holder" TEXT,
    "leaseUntil" TIMESTAMPTZ(3),
    "attempts" INTEGER NOT NULL DEFAULT 0,
    "expiresAt" TIMESTAMPTZ(3),
    "deletedAt" TIMESTAMPTZ(3),

    CONSTRAINT "Recording_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "RecordingPart" (
    "id" UUID NOT NULL,
    "recordingId" UUID NOT NULL,
    "index" INTEGER NOT NULL,
    "source" "RecordingSource" NOT NULL,
    "visitId" UUID,
    "personName" TEXT,
    "track" TEXT,
    "sessionId" UUID NOT NULL,
    "mimeType" TEXT NOT NULL,
    "startedAt" TIMESTAMPTZ(3) NOT NULL,
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "closedAt" TIMESTAMPTZ(3),

    CONSTRAINT "RecordingPart_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "RecordingChunk" (
    "partId" UUID NOT NULL,
    "seq" INTEGER NOT NULL,
    "sha256" BYTEA NOT NULL,
    "bytes" INTEGER NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "RecordingChunk_pkey" PRIMARY KEY ("partId","seq")
);

-- CreateTable
CREATE TABLE "RecordingFile" (
    "id" UUID NOT NULL,
    "recordingId" UUID NOT NULL,
    "kind" TEXT NOT NULL,
    "storageKey" TEXT NOT NULL,
    "mimeType" TEXT NOT NULL,
    "bytes" BIGINT NOT NULL,
    "durationMs" INTEGER NOT NULL,
    "visitId" UUID,
    "personName" TEXT,
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "RecordingFile_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "RecordingEvent" (
    "id" UUID NOT NULL,
    "recordingId" UUID NOT NULL,
    "atMs" INTEGER NOT NULL,
    "durationMs" INTEGER,
    "type" TEXT NOT NULL,
    "visitId" UUID,
    "name" TEXT,
    "text" TEXT,

    CONSTRAINT "RecordingEvent_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "RecordingConsent" (
    "recordingId" UUID NOT NULL,
    "visitId" UUID NOT NULL,
    "name" TEXT NOT NULL,
    "given" BOOLEAN NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "RecordingConsent_pkey" PRIMARY KEY ("recordingId","visitId")
);

-- CreateTable
CREATE TABLE "RecordingShare" (
    "id" UUID NOT NULL,
    "recordingId" UUID NOT NULL,
    "secretHash" TEXT NOT NULL,
    "label" TEXT NOT NULL,
    "download" BOOLEAN NOT NULL DEFAULT false,
    "passcodeHash" TEXT,
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "expiresAt" TIMESTAMPTZ(3),
    "revokedAt" TIMESTAMPTZ(3),

    CONSTRAINT "RecordingShare_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "RecorderProcess" (
    "id" TEXT NOT NULL,
    "free" INTEGER NOT NULL,
    "seenAt" TIMESTAMPTZ(3) NOT NULL,
    "hostname" TEXT NOT NULL,

    CONSTRAINT "RecorderProcess_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE INDEX "Recording_ownerId_deletedAt_createdAt_id_idx" ON "Recording"("ownerId", "deletedAt", "createdAt", "id");

-- CreateIndex
CREATE INDEX "Recording_meetingId_deletedAt_createdAt_idx" ON "Recording"("meetingId", "deletedAt", "createdAt");

-- CreateIndex
CREATE INDEX "Recording_conferenceId_idx" ON "Recording"("conferenceId");

-- CreateIndex
CREATE INDEX "Recording_state_leaseUntil_idx" ON "Recording"("state", "leaseUntil");

-- CreateIndex
CREATE INDEX "Recording_expiresAt_idx" ON "Recording"("expiresAt");

-- CreateIndex
CREATE INDEX "Recording_deletedAt_idx" ON "Recording"("deletedAt");

-- CreateIndex
CREATE UNIQUE INDEX "RecordingPart_recordingId_index_key" ON "RecordingPart"("recordingId", "index");

-- CreateIndex
CREATE UNIQUE INDEX "RecordingFile_storageKey_key" ON "RecordingFile"("storageKey");

-- CreateIndex
CREATE INDEX "RecordingFile_recordingId_idx" ON "RecordingFile"("recordingId");

-- CreateIndex
CREATE INDEX "RecordingEvent_recordingId_atMs_idx" ON "RecordingEvent"("recordingId", "atMs");

-- CreateIndex
CREATE UNIQUE INDEX "RecordingShare_secretHash_key" ON "RecordingShare"("secretHash");

-- CreateIndex
CREATE INDEX "RecordingShare_recordingId_createdAt_idx" ON "RecordingShare"("recordingId", "createdAt");

-- CreateIndex
CREATE INDEX "RecorderProcess_seenAt_idx" ON "RecorderProcess"("seenAt");

-- CreateIndex
CREATE INDEX "Session_recordingId_idx" ON "Session"("recordingId");

-- AddForeignKey
ALTER TABLE "Session" ADD CONSTRAINT "Session_recordingId_fkey" FOREIGN KEY ("recordingId") REFERENCES "Recording"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Recording" ADD CONSTRAINT "Recording_meetingId_fkey" FOREIGN KEY ("meetingId") REFERENCES "Meeting"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Recording" ADD CONSTRAINT "Recording_conferenceId_fkey" FOREIGN KEY ("conferenceId") REFERENCES "Conference"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Recording" ADD CONSTRAINT "Recording_ownerId_fkey" FOREIGN KEY ("ownerId") REFERENCES "User"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "RecordingPart" ADD CONSTRAINT "RecordingPart_recordingId_fkey" FOREIGN KEY ("recordingId") REFERENCES "Recording"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "RecordingChunk" ADD CONSTRAINT "RecordingChunk_partId_fkey" FOREIGN KEY ("partId") REFERENCES "RecordingPart"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "RecordingFile" ADD CONSTRAINT "RecordingFile_recordingId_fkey" FOREIGN KEY ("recordingId") REFERENCES "Recording"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "RecordingEvent" ADD CONSTRAINT "RecordingEvent_recordingId_fkey" FOREIGN KEY ("recordingId") REFERENCES "Recording"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "RecordingConsent" ADD CONSTRAINT "RecordingConsent_recordingId_fkey" FOREIGN KEY ("recordingId") REFERENCES "Recording"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "RecordingShare" ADD CONSTRAINT "RecordingShare_recordingId_fkey" FOREIGN KEY ("recordingId") REFERENCES "Recording"("id") ON DELETE CASCADE ON UPDATE CASCADE;
