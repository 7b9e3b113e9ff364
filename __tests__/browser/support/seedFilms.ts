import { randomUUID } from 'node:crypto'
import { FolderStorage } from '#server/recordings/storage/FolderStorage.ts'
import { type Seeded, type SeedOptions, seedRecording } from '../../support/seedRecording.ts'
import type { Parley } from './startParley.ts'

const PEOPLE = ['Ada Lovelace', 'Kofi Mensah', 'Grace Hopper', 'Noor Haddad']
const CHAT = [
  [4, 'Kofi Mensah', 'Morning! The slides are in the shared folder.'],
  [11, 'Ada Lovelace', 'Thanks. Shall we start with the roadmap?'],
  [38, 'Noor Haddad', 'I put the numbers here: https://example.org/numbers'],
  [64, 'Grace Hopper', 'Question for later: who owns the migration?'],
  [97, 'Kofi Mensah', 'I do, with Noor.'],
  [120, 'Ada Lovelace', 'Then we are done with the second part.'],
] as const
const CHAPTERS = [
  [0, 'Welcome'],
  [24, 'Roadmap'],
  [75, 'Who does what'],
] as const

/** A recording of the account's with everything on it that a page shows. */
export async function seedFilm(
  parley: Parley,
  email: string,
  content: Buffer,
  options: Partial<SeedOptions> & { readonly seconds: number },
): Promise<Seeded> {
  const { prisma } = parley.database
  const { id: ownerId } = await prisma.user.findFirstOrThrow({ where: { email }, select: { id: true } })
  const durationMs = options.seconds * 1000
  const seeded = await seedRecording(prisma, new FolderStorage(parley.recordings), ownerId, {
    people: PEOPLE,
    durationMs,
    files: [
      { kind: 'webm', mimeType: 'video/webm;codecs="vp8,opus"', content },
      {
        kind: 'audio',
        mimeType: 'audio/webm;codecs=opus',
        content: content.subarray(0, 300_000),
        personName: 'Ada Lovelace',
      },
      ...PEOPLE.slice(0, 2).flatMap((personName) => [
        { kind: 'track', mimeType: 'video/webm;codecs="vp8"', content, personName },
        {
          kind: 'track',
          mimeType: 'audio/webm;codecs=opus',
          content: content.subarray(0, 300_000),
          personName,
        },
      ]),
    ],
    ...options,
  })
  await happen(parley, seeded, options.seconds)
  return seeded
}

/** Speech, a shared screen, hands, comings and goings, chapters and chat, the same each time. */
async function happen({ database: { prisma } }: Parley, recording: Seeded, seconds: number): Promise<void> {
  const event = (
    type: string,
    at: number,
    name: string | null,
    lasts: number | null = null,
    text: string | null = null,
  ) => ({
    id: randomUUID(),
    recordingId: recording.id,
    type,
    atMs: at * 1000,
    durationMs: lasts === null ? null : lasts * 1000,
    visitId: name === null ? null : (recording.visits.get(name) ?? null),
    name,
    text,
  })
  const spoke = Array.from({ length: Math.floor(seconds / 7) }, (_, turn) => {
    const name = PEOPLE[(turn * turn + (turn % 3)) % PEOPLE.length] ?? null
    return event('spoke', turn * 7 + 0.4, name, 3 + ((turn * 5) % 4))
  })
  await prisma.recordingEvent.createMany({
    data: [
      ...spoke,
      ...PEOPLE.map((name, index) => event('joined', index * 3, name)),
      event('left', Math.min(seconds - 2, 130), 'Grace Hopper'),
      event('shared', 26, 'Ada Lovelace', 44),
      event('hand-raised', 61, 'Grace Hopper'),
      event('hand-raised', 92, 'Noor Haddad'),
      ...CHAPTERS.map(([at, title]) => event('chapter', at, null, null, title)),
    ],
  })
  await prisma.chatMessage.createMany({
    data: CHAT.map(([at, authorName, text], seq) => ({
      id: randomUUID(),
      conferenceId: recording.conferenceId,
      seq: seq + 1,
      visitId: recording.visits.get(authorName) ?? null,
      authorName,
      text,
      sentAt: new Date(recording.startedAt.getTime() + at * 1000),
    })),
  })
}
