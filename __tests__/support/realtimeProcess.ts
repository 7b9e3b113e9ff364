/** A signalling server in a process of its own, for tests that kill it: `node --import tsx` this file. */
import { createPrisma } from '#server/db.ts'
import { PrismaRecordingJobs } from '#server/recordings/PrismaRecordingJobs.ts'
import { RealtimeServer } from './realtimeServer.ts'

const { url, ...options } = JSON.parse(process.argv[2] ?? '{}') as {
  url: string
  publicUrl: string
  oneOfSeveral: boolean
  env: Record<string, string>
  nodes?: { url: string }[]
}
const prisma = createPrisma(url, () => undefined)
const database = { url, prisma, drop: async () => undefined }
const jobs = new PrismaRecordingJobs(prisma, {
  policy: 'ask',
  keepDays: undefined,
  masterKeys: null,
  capacity: { shortage: async () => null, require: async () => undefined },
})
const server = await RealtimeServer.start(database, { ...options, jobs })
while (server.sfu && server.sfu.port.status.state !== 'available')
  await new Promise((done) => setTimeout(done, 20))
process.stdout.write(`${server.port}\n`)
