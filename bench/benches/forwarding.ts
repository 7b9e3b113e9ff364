import { readFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { z } from 'zod'
import { type Parley, startParley } from '../../__tests__/browser/support/startParley.ts'
import type { Benchmark } from '../Benchmark.ts'
import { admitGuests, CROWD_ENV, openMeeting } from '../crowd.ts'
import { figure } from '../figure.ts'
import { type Clip, makeClips } from '../load/makeClips.ts'
import { enterMeeting, type Member, passOf } from '../load/members.ts'
import { ensureLoadTool, runLoad } from '../load/runLoad.ts'
import { cpuMs, descendantNamed } from '../processCost.ts'
import { interleave, type Sample } from '../rounds.ts'

const PUBLISHERS = 4
const SUBSCRIBERS = 32
const SECONDS = 10

/**
 * #4, section 5: people without a browser, in one meeting, each admitted by the product; four send simulcast, the others
 * receive it, a third of them each layer. The floor is the same livekit-server with the same tokens, its signalling
 * reached straight instead of through the gate.
 */
export const forwarding: Benchmark = {
  id: 'forward',
  title: `packets that livekit-server forwards per second of CPU: ${PUBLISHERS} senders, ${SUBSCRIBERS} receivers`,
  async run(options) {
    ensureLoadTool()
    const parley = await startParley({ env: { ...CROWD_ENV, SFU: 'auto', MESH_PEOPLE: '1' } })
    const folder = await mkdtemp(join(tmpdir(), 'parley-clips-'))
    try {
      const clips = await makeClips(folder, `${parley.url}/sign-in`)
      const { code } = await openMeeting(parley)
      const guests = await admitGuests(parley, code, PUBLISHERS + SUBSCRIBERS)
      const members = await Promise.all(guests.map((guest) => enterMeeting(parley, code, guest)))
      const sfu = descendantNamed(parley.pid(), 'livekit-server')
      if (sfu === null) throw new Error('there is no livekit-server')
      const straight = `ws://127.0.0.1:${signallingPort(sfu)}`
      const setup: Setup = { parley, sfu, clips, members }
      const rounds = await interleave(options.rounds, options.budgetMs, 'none', {
        floor: () => forwarded(setup, straight),
        ours: () => forwarded(setup, null),
      })
      for (const failure of rounds.failures) options.log(failure)
      const tracks = PUBLISHERS * SUBSCRIBERS
      return [
        figure(`packets per second of CPU, ${tracks} pictures`, 'packets', 'perCpuSecond', rounds, {
          text: 'equal (≥ 0.95×)',
          met: (_, ratio) => (ratio ?? 0) >= 0.95,
        }),
        figure('packets forwarded a second', 'packets', 'perSecond', rounds),
        figure('bits forwarded a second', 'Mbit', 'megabits', rounds),
        figure('packets missing at the receivers', '%', 'lostPercent', rounds),
        figure('CPU of livekit-server', '% of a core', 'sfu', rounds),
        figure('CPU of Parley meanwhile', '% of a core', 'parley', rounds),
      ]
    } finally {
      await rm(folder, { recursive: true, force: true })
      await parley.stop()
    }
  },
}

type Setup = {
  readonly parley: Parley
  readonly sfu: number
  readonly clips: readonly Clip[]
  readonly members: readonly Member[]
}

/** @param straight where LiveKit itself takes signalling; null for the gate */
async function forwarded({ parley, sfu, clips, members }: Setup, straight: string | null): Promise<Sample> {
  const people = await Promise.all(members.map((one) => passOf(one, parley, straight)))
  let before = { sfu: 0, server: 0 }
  let after = before
  const counted = await runLoad(
    {
      origin: parley.url,
      layers: clips,
      publishers: people.slice(0, PUBLISHERS),
      subscribers: people.slice(PUBLISHERS),
      seconds: SECONDS,
    },
    (edge) => {
      const now = { sfu: cpuMs(sfu), server: cpuMs(parley.pid()) }
      if (edge === 'begin') before = now
      else after = now
    },
  )
  const sfuMs = after.sfu - before.sfu
  const percent = (ms: number) => ms / counted.seconds / 10
  return {
    perCpuSecond: counted.packets / (sfuMs / 1000),
    perSecond: counted.packets / counted.seconds,
    megabits: (counted.bytes * 8) / counted.seconds / 1e6,
    lostPercent: (counted.lost / (counted.packets + counted.lost)) * 100,
    sfu: percent(sfuMs),
    parley: percent(after.server - before.server - sfuMs),
  }
}

const configuration = z.object({ port: z.number() })

/** Where this livekit-server takes signalling: nobody but the gate is told. */
function signallingPort(pid: number): number {
  const words = readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0')
  const file = words[words.indexOf('--config') + 1] ?? ''
  return configuration.parse(JSON.parse(readFileSync(file, 'utf8'))).port
}
