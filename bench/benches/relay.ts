import { startParley } from '../../__tests__/browser/support/startParley.ts'
import { pause, until } from '../../__tests__/browser/support/until.ts'
import type { Snapshot } from '../../lib/protocol/events.ts'
import type { Benchmark } from '../Benchmark.ts'
import { admitGuests, CROWD_ENV, openMeeting, startFloor } from '../crowd.ts'
import { FloorSocket } from '../FloorSocket.ts'
import { figure } from '../figure.ts'
import { cpuMs, residentKb } from '../processCost.ts'
import { RawSocket } from '../RawSocket.ts'
import { interleave, type Sample } from '../rounds.ts'

const PAIRS = 50
/** Below the limit of signals per socket, which stays on. */
const PER_SECOND = 20
const SECONDS = 4
const IDLE = 400
const SIGNAL = { type: 'description', kind: 'offer', sdp: `v=0\r\n${'a=candidate 1 udp 1\r\n'.repeat(150)}` }

/** #5: what one relayed session description of 3 kB costs the server, and what a socket weighs that only waits. */
export const relay: Benchmark = {
  id: 'relay',
  title: '#5 cost of a relayed signal and of an idle socket',
  async run(options) {
    const parley = await startParley({ env: CROWD_ENV })
    const floor = await startFloor('bench/floors/roomServer.ts')
    try {
      const { code } = await openMeeting(parley)
      const guests = await admitGuests(parley, code, IDLE)
      const open = (at: number) =>
        RawSocket.connect({
          port: parley.port,
          publicUrl: parley.url,
          meeting: code,
          cookie: guests[at]?.cookie ?? '',
          headers: { 'x-forwarded-for': guests[at]?.address ?? '' },
        })
      const idle = await interleave(2, options.budgetMs / 3, 'none', {
        floor: () => idleCost(floor.pid, () => FloorSocket.connect(floor.port)),
        ours: () => idleCost(parley.pid(), open),
      })

      const ours = await ourPairs(open)
      const theirs = await floorPairs(floor.port)
      const rounds = await interleave(options.rounds, options.budgetMs / 2, 'microseconds', {
        floor: () => relayCost(floor.pid, theirs),
        ours: () => relayCost(parley.pid(), ours),
      })
      for (const failure of [...idle.failures, ...rounds.failures]) options.log(failure)
      return [
        figure('server CPU per relayed 3 kB signal', 'µs', 'microseconds', rounds),
        figure('signals delivered', '%', 'deliveredPercent', rounds, {
          text: 'all',
          met: (share) => share === 100,
        }),
        figure('memory per idle socket', 'kB', 'kilobytes', idle),
      ]
    } finally {
      floor.close()
      await parley.stop()
    }
  },
}

type Pair = { send(): void; received: number }

async function relayCost(pid: number, pairs: readonly Pair[]): Promise<Sample> {
  for (const pair of pairs) pair.received = 0
  const before = cpuMs(pid)
  const total = pairs.length * PER_SECOND * SECONDS
  for (let tick = 0; tick < PER_SECOND * SECONDS; tick += 1) {
    for (const pair of pairs) pair.send()
    await pause(1000 / PER_SECOND)
  }
  const received = () => pairs.reduce((sum, pair) => sum + pair.received, 0)
  await until('every signal', () => received() >= total, { timeoutMs: 3000, everyMs: 20 }).catch(() => {})
  const delivered = received()
  return {
    microseconds: ((cpuMs(pid) - before) * 1000) / delivered,
    deliveredPercent: (delivered / total) * 100,
  }
}

async function ourPairs(open: (at: number) => Promise<RawSocket>): Promise<Pair[]> {
  const people: { socket: RawSocket; self: string; epoch: number }[] = []
  for (let at = 0; at < PAIRS * 2; at += 1) {
    const socket = await open(at)
    const answer = await socket.request('meeting:join', {
      instanceId: socket.instanceId,
      name: `Guest ${at}`,
      media: { microphone: true, camera: true, screen: false },
    })
    if (answer.status !== 'joined') throw new Error('a guest had to wait')
    const { self, transport }: Snapshot = answer.snapshot
    people.push({ socket, self, epoch: transport.epoch })
  }
  return Array.from({ length: PAIRS }, (_, at) => {
    const from = people[at * 2]
    const to = people[at * 2 + 1]
    if (from === undefined || to === undefined) throw new Error('half a pair')
    const payload = { to: to.self, toInstance: to.socket.instanceId, epoch: to.epoch, signal: SIGNAL }
    const pair: Pair = {
      received: 0,
      send: () => from.socket.notify('signal:send', payload),
    }
    to.socket.on('signal:received', () => {
      pair.received += 1
    })
    return pair
  })
}

async function floorPairs(port: number): Promise<Pair[]> {
  const people: FloorSocket[] = []
  for (let at = 0; at < PAIRS * 2; at += 1) {
    const socket = await FloorSocket.connect(port)
    socket.join(`Guest ${at}`)
    await until('the floor to answer', () => socket.id !== '', { everyMs: 2 })
    people.push(socket)
  }
  return Array.from({ length: PAIRS }, (_, at) => {
    const from = people[at * 2]
    const to = people[at * 2 + 1]
    if (from === undefined || to === undefined) throw new Error('half a pair')
    const pair: Pair = {
      received: 0,
      send: () => from.signal(to.id, SIGNAL),
    }
    to.onSignal = () => {
      pair.received += 1
    }
    return pair
  })
}

/** Resident memory gained per connected socket that has said nothing yet. */
async function idleCost(pid: number, open: (at: number) => Promise<{ close(): void }>): Promise<Sample> {
  const warm = await Promise.all(Array.from({ length: 50 }, (_, at) => open(at)))
  for (const one of warm) one.close()
  await pause(500)
  const before = residentKb(pid)
  const sockets: { close(): void }[] = []
  for (let at = 0; at < IDLE; at += 25) {
    sockets.push(...(await Promise.all(Array.from({ length: 25 }, (_, index) => open(at + index)))))
  }
  const kilobytes = (residentKb(pid) - before) / IDLE
  for (const one of sockets) one.close()
  await pause(300)
  return { kilobytes, none: 1 }
}
