import { startParley } from '../../__tests__/browser/support/startParley.ts'
import { pause } from '../../__tests__/browser/support/until.ts'
import type { ServerPayload, Snapshot } from '../../lib/protocol/events.ts'
import type { Benchmark } from '../Benchmark.ts'
import { admitGuests, CROWD_ENV, connectGuest, type Guest, openMeeting, startFloor } from '../crowd.ts'
import { FloorSocket } from '../FloorSocket.ts'
import { figure } from '../figure.ts'
import { cpuMs } from '../processCost.ts'
import type { RawSocket } from '../RawSocket.ts'
import { interleave, type Sample } from '../rounds.ts'

const SIZES = [100, 200] as const
const PATIENCE_MS = 30_000
/** A server that runs has compiled what it does often; ours has more of it than the floor. */
const WARM_UPS = 12

/** #4: everybody comes at once; until everybody knows everybody. Ours with sessions checked and seats recorded. */
export const joinStorm: Benchmark = {
  id: 'storm',
  title: '#4 join storm: sockets that join one room at once',
  async run(options) {
    const parley = await startParley({ env: CROWD_ENV })
    const floor = await startFloor('bench/floors/roomServer.ts')
    try {
      const { code } = await openMeeting(parley)
      const guests = await admitGuests(parley, code, Math.max(...SIZES))
      const floorOf = (size: number) => floorStorm(floor.port, floor.pid, size)
      const oursOf = (size: number) => ourStorm(parley, code, guests.slice(0, size))
      const [floorFirst, oursFirst] = [await floorOf(SIZES[0]), await oursOf(SIZES[0])]
      const first = { ours: [oursFirst], floor: [floorFirst], discarded: 0, failures: [] }
      const figures = [figure(`the first storm of ${SIZES[0]} after a start: time`, 'ms', 'ms', first)]
      for (let round = 0; round < WARM_UPS; round += 1) {
        await floorOf(SIZES[0])
        await oursOf(SIZES[0])
      }
      for (const size of SIZES) {
        const rounds = await interleave(
          size === 100 ? options.rounds : 3,
          options.budgetMs / SIZES.length,
          'ms',
          {
            floor: () => floorOf(size),
            ours: () => oursOf(size),
          },
        )
        for (const failure of rounds.failures) options.log(failure)
        const close = { text: '≤ 1.5× raw ws', met: (_: number, ratio: number | null) => (ratio ?? 9) <= 1.5 }
        figures.push(
          figure(`join storm of ${size}: time`, 'ms', 'ms', rounds, size === 100 ? close : null),
          figure(`join storm of ${size}: received`, 'kB', 'kilobytes', rounds, size === 100 ? close : null),
          figure(`join storm of ${size}: server CPU`, 'ms', 'cpuMs', rounds),
          figure(`join storm of ${size}: pairs known`, '%', 'knownPercent', rounds, {
            text: 'complete',
            met: (ours) => ours === 100,
          }),
        )
      }
      return figures
    } finally {
      floor.close()
      await parley.stop()
    }
  },
}

async function floorStorm(port: number, pid: number, size: number): Promise<Sample> {
  const cpuBefore = cpuMs(pid)
  const startedAt = performance.now()
  const people = await Promise.all(
    Array.from({ length: size }, async (_, at) => {
      const socket = await FloorSocket.connect(port)
      const complete = new Promise<void>((resolve) => {
        socket.onKnown = () => socket.known.size >= size && resolve()
      })
      socket.join(`Guest ${at}`)
      return { socket, complete }
    }),
  )
  await Promise.race([Promise.all(people.map((one) => one.complete)), pause(PATIENCE_MS)])
  const ms = performance.now() - startedAt
  const sample = summary(
    people.map(({ socket }) => ({ known: socket.known.size, bytesRead: socket.bytesRead })),
    size,
    ms,
    cpuMs(pid) - cpuBefore,
  )
  for (const { socket } of people) socket.close()
  await pause(200)
  return sample
}

async function ourStorm(
  parley: { port: number; url: string; pid(): number },
  code: string,
  guests: readonly Guest[],
): Promise<Sample> {
  const size = guests.length
  const cpuBefore = cpuMs(parley.pid())
  const startedAt = performance.now()
  const people = await Promise.all(guests.map((guest, at) => ourGuest(parley, code, guest, at, size)))
  await Promise.race([Promise.all(people.map((one) => one.complete)), pause(PATIENCE_MS)])
  const ms = performance.now() - startedAt
  const sample = summary(
    people.map(({ socket, known }) => ({ known: known.size, bytesRead: socket.bytesRead })),
    size,
    ms,
    cpuMs(parley.pid()) - cpuBefore,
  )
  await Promise.all(people.map(({ socket }) => socket.request('meeting:leave', {}).catch(() => {})))
  for (const { socket } of people) socket.close()
  await pause(200)
  return sample
}

async function ourGuest(
  parley: { port: number; url: string },
  code: string,
  guest: Guest,
  at: number,
  size: number,
): Promise<{ socket: RawSocket; known: Set<string>; complete: Promise<void> }> {
  const socket = await connectGuest(parley, code, guest)
  const known = new Set<string>()
  let done = () => {}
  const complete = new Promise<void>((resolve) => {
    done = resolve
  })
  const know = (ids: readonly string[]) => {
    for (const id of ids) known.add(id)
    if (known.size >= size) done()
  }
  socket.on('roster:changed', ({ changes }: ServerPayload<'roster:changed'>) =>
    know(changes.flatMap((one) => (one.type === 'left' ? [] : [one.participant.id]))),
  )
  const answer = await socket.request('meeting:join', {
    instanceId: socket.instanceId,
    name: `Guest ${at}`,
    media: { microphone: true, camera: true, screen: false },
  })
  if (answer.status !== 'joined') throw new Error('a guest had to wait')
  const { participants }: Snapshot = answer.snapshot
  know(participants.map((one) => one.id))
  return { socket, known, complete }
}

function summary(
  people: readonly { known: number; bytesRead: number }[],
  size: number,
  ms: number,
  cpu: number,
): Sample {
  return {
    ms,
    kilobytes: people.reduce((total, one) => total + one.bytesRead, 0) / 1000,
    cpuMs: cpu,
    knownPercent: (people.reduce((total, one) => total + one.known, 0) / size ** 2) * 100,
  }
}
