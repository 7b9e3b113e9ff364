import { createTestDatabase } from '../../__tests__/support/database.ts'
import { SILENT } from '../../__tests__/support/RealtimeClient.ts'
import { RealtimeServer } from '../../__tests__/support/realtimeServer.ts'
import { RealtimeProcess } from '../../__tests__/support/startRealtimeProcess.ts'
import type { Benchmark } from '../Benchmark.ts'
import { figure } from '../figure.ts'
import type { Sample } from '../rounds.ts'

const CONNECTIONS = 60
const REQUESTS = 60
const ORIGIN = 'http://meet.example.org'

type Meeting = { readonly who: { cookie: string }; readonly meeting: { code: string } }

/**
 * What several processes cost: a connection to the only process there is, beside one that knows of no others by decree;
 * and a connection through another process beside one straight to the holder.
 */
export const passingOn: Benchmark = {
  id: 'passing-on',
  title: 'a connection to the only process, and one that another process passes on to the holder',
  async run(options) {
    const database = await createTestDatabase()
    const lone = await createTestDatabase()
    const desk = await RealtimeServer.start(database, { publicUrl: ORIGIN })
    const loneDesk = await RealtimeServer.start(lone, { publicUrl: ORIGIN })
    const holder = await RealtimeProcess.start(database, ORIGIN)
    const other = await RealtimeProcess.start(database, ORIGIN)
    const only = await RealtimeProcess.start(lone, ORIGIN)
    const decreed = await RealtimeProcess.start(lone, ORIGIN, {}, undefined, false)
    try {
      const here = await openMeeting(desk)
      const there = await openMeeting(loneDesk)
      // Whoever comes first makes its process the holder.
      const first = await holder.connect(here.who, here.meeting)
      const passed = { ours: [] as Sample[], floor: [] as Sample[] }
      const alone = { ours: [] as Sample[], floor: [] as Sample[] }
      const deadline = Date.now() + options.budgetMs
      for (let made = 0; made < CONNECTIONS && Date.now() < deadline; made += 1) {
        passed.floor.push({ connectMs: await connecting(holder, here) })
        passed.ours.push({ connectMs: await connecting(other, here) })
        alone.floor.push({ connectMs: await connecting(decreed, there) })
        alone.ours.push({ connectMs: await connecting(only, there) })
      }
      passed.floor.push(...(await answering(holder, here)))
      passed.ours.push(...(await answering(other, here)))
      first.close()
      const rounds = { discarded: 0, failures: [] }
      return [
        figure(
          'connecting to the only process',
          'ms',
          'connectMs',
          { ...alone, ...rounds },
          {
            text: 'as without others (≤ 1.1×)',
            met: (_, ratio) => (ratio ?? 9) <= 1.1,
          },
        ),
        figure('connecting through another process', 'ms', 'connectMs', { ...passed, ...rounds }),
        figure('a request and its answer through it', 'ms', 'answerMs', { ...passed, ...rounds }),
      ]
    } finally {
      for (const server of [holder, other, only, decreed, desk, loneDesk]) await server.stop()
      await database.drop()
      await lone.drop()
    }
  },
}

async function openMeeting(desk: RealtimeServer): Promise<Meeting> {
  const host = await desk.user('Host')
  return { who: host, meeting: await desk.meeting(host) }
}

async function connecting(server: RealtimeProcess, { who, meeting }: Meeting): Promise<number> {
  const startedAt = performance.now()
  const client = await server.connect(who, meeting)
  const tookMs = performance.now() - startedAt
  client.close()
  return tookMs
}

async function answering(server: RealtimeProcess, { who, meeting }: Meeting): Promise<Sample[]> {
  const client = await server.connect(who, meeting)
  await client.ask('meeting:join', { instanceId: client.instanceId, media: SILENT })
  const samples: Sample[] = []
  for (let sent = 0; sent < REQUESTS; sent += 1) {
    const startedAt = performance.now()
    await client.ask('media:update', SILENT)
    samples.push({ answerMs: performance.now() - startedAt })
    await new Promise((done) => setTimeout(done, 210))
  }
  client.close()
  return samples
}
