import { randomBytes } from 'node:crypto'
import { startParley } from '../../__tests__/browser/support/startParley.ts'
import type { Benchmark } from '../Benchmark.ts'
import { admitGuests, CROWD_ENV, connectGuest, openMeeting } from '../crowd.ts'
import type { Figure, figure } from '../figure.ts'
import { openListenNotify } from '../floors/listenNotify.ts'
import { percentile } from '../statistics.ts'

const TRIALS = 120
const MISSED_AFTER_MS = 5000

type AdminSession = { readonly id: string; readonly kind: string }

/** #7: the admin revokes at one process; until the socket at another process is closed. */
export const revocation: Benchmark = {
  id: 'revoke',
  title: '#7 revoke → the socket at another process closed',
  async run(options) {
    const secret = { AUTH_SECRET: randomBytes(32).toString('hex') }
    const first = await startParley({ env: { ...CROWD_ENV, ...secret } })
    const second = await startParley({
      env: { ...CROWD_ENV, ...secret },
      database: first.database,
      publicUrl: first.url,
    })
    const notify = await openListenNotify(first.database.url)
    try {
      const { host, code } = await openMeeting(first)
      const guests = await admitGuests(first, code, TRIALS)
      const ours: number[] = []
      const floor: number[] = []
      let missed = 0
      const deadline = Date.now() + options.budgetMs
      for (const guest of guests) {
        if (Date.now() > deadline) break
        floor.push(await notify.trial())
        const socket = await connectGuest({ port: second.port, url: first.url }, code, guest)
        await socket.request('meeting:join', {
          instanceId: socket.instanceId,
          name: guest.address,
          media: { microphone: false, camera: false, screen: false },
        })
        const id = await sessionOf(host, guest.address)
        const startedAt = performance.now()
        const answered = host.json('POST', `/api/admin/sessions/${id}/revoke`, {})
        const timer = new AbortController()
        const closedAt = await Promise.race([
          socket.closed,
          new Promise<null>((resolve) => {
            const timeout = setTimeout(() => resolve(null), MISSED_AFTER_MS)
            timer.signal.addEventListener('abort', () => clearTimeout(timeout))
          }),
        ])
        timer.abort()
        await answered
        if (closedAt === null) missed += 1
        else ours.push(closedAt - startedAt)
        socket.close()
      }
      return [
        line('revoke → socket closed elsewhere, p50', ours, floor, 0.5, null),
        line('revoke → socket closed elsewhere, p99', ours, floor, 0.99, {
          text: 'p99 ≤ 50 ms',
          met: (value) => value <= 50,
        }),
        { ...line('missed', [missed], [], 0.5, { text: '0 missed', met: (value) => value === 0 }), unit: '' },
      ]
    } finally {
      await notify.close()
      await second.stop()
      await first.stop()
    }
  },
}

async function sessionOf(
  host: { json<V>(method: string, path: string): Promise<V> },
  person: string,
): Promise<string> {
  const { sessions } = await host.json<{ sessions: (AdminSession & { person: string; address: string })[] }>(
    'GET',
    `/api/admin/sessions?query=${encodeURIComponent(person)}`,
  )
  const found = sessions.find((one) => one.person === person || one.address === person)
  if (found === undefined) throw new Error(`no session of ${person}`)
  return found.id
}

function line(
  name: string,
  ours: readonly number[],
  floor: readonly number[],
  share: number,
  target: Parameters<typeof figure>[4],
): Figure {
  const value = percentile(ours, share)
  const floorValue = floor.length > 0 ? percentile(floor, share) : null
  return {
    name,
    unit: 'ms',
    ours: value,
    oursRange: [Math.min(...ours), Math.max(...ours)],
    floor: floorValue,
    ratio: floorValue === null ? null : value / floorValue,
    samples: ours.length,
    discarded: 0,
    target: target?.text ?? null,
    met: target?.met(value, null) ?? null,
  }
}
