-- AlterTable
ALTER TABLE "RecordingPart" ADD COLUMN "bytes" BIGINT NOT NULL DEFAULT 0;

UPDATE "RecordingPart" AS part SET "bytes" = chunk."bytes"
FROM (SELECT "partId", sum("bytes") AS "bytes" FROM "RecordingChunk" GROUP BY "partId") AS chunk
WHERE chunk."partId" = part."id";
