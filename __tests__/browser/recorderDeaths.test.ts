import { isProcessAlive } from '#server/boot/processes.ts'
import { recorderSuite } from './support/recorderSuite.ts'
import { probe, startRecording } from './support/recordings.ts'
import { withBrowsers } from './support/stage.ts'
import { until } from './support/until.ts'

const SLOWLY = { timeoutMs: 120_000 }

type Safe = { readonly id: string; readonly from: number; readonly chunks: number }

withBrowsers('chromium')('a recording whose makers die', () => {
  const { stage, recorder, recordings, saved } = recorderSuite('deaths', {
    // A server that is killed and started again, as the test wants it.
    expected: [/ERR_CONNECTION_REFUSED|WebSocket connection|Failed to load resource/],
  })

  /** Parts of which something is safe. */
  const safe = async (id: string): Promise<Safe[]> =>
    (await recordings().parts(id))
      .filter(({ chunks }) => chunks > 0)
      .map(({ id: part, startedAt, chunks }) => ({ id: part, from: startedAt.getTime(), chunks }))
  /** A part after `former`, with enough of picture and of sound: how much a chunk holds is up to the machine. */
  const furtherPart = (id: string, former: readonly Safe[]): Promise<unknown> =>
    until(
      'a further part',
      async () => {
        const further = (await safe(id)).slice(former.length)
        if (further.some((part) => holdsEnough(packetsOf(saved(id, part.id))))) return true
        throw new Error(JSON.stringify(further))
      },
      SLOWLY,
    ).catch((error: unknown) => {
      throw new Error(`${recorder.output()}\n${stage.parley.output()}`, { cause: error })
    })

  test('[REC-70][REC-74] goes on by itself, and what was acknowledged is in the file, with the gaps told of', async () => {
    const ana = await stage.person('Ana', 0)
    await ana.signUp()
    const link = await ana.newMeeting()
    await ana.join()
    const ben = await stage.person('Ben', 1)
    await ben.joinAsGuest(link)
    await ana.seesAndHears(ben)
    await startRecording(ana, 'On the server')
    const id = await recordings().id()
    await furtherPart(id, [])

    const first = await safe(id)
    const browserKilledAt = Date.now()
    process.kill(await recorder.browserPid(), 'SIGKILL')
    await furtherPart(id, first)

    // The recorder's own process: its browser does not outlive it for long.
    const [killed, browser, second] = [recorder.pid(), await recorder.browserPid(), await safe(id)]
    const recorderKilledAt = Date.now()
    process.kill(killed, 'SIGKILL')
    await furtherPart(id, second)
    expect(recorder.pid()).not.toBe(killed)
    await until('the end of its browser', () => !isProcessAlive(browser))

    // The server: what is recorded meanwhile waits in the page, and the part goes on.
    const [kept, replaced, third] = [recorder.pid(), recorder.replacements().length, await safe(id)]
    await stage.parley.kill()
    await stage.parley.restart()
    await until(
      'the part to go on',
      async () => ((await safe(id)).at(-1)?.chunks ?? 0) >= (third.at(-1)?.chunks ?? 0) + 4,
      SLOWLY,
    )
    expect({ pid: recorder.pid(), replaced: recorder.replacements().slice(replaced) }).toEqual({
      pid: kept,
      replaced: [],
    })
    const last = await safe(id)
    expect(last).toHaveLength(third.length)

    const acknowledged = last.map((part) => packetsOf(saved(id, part.id)))
    tellLoss('its browser', browserKilledAt, last, acknowledged)
    tellLoss('the recorder', recorderKilledAt, last, acknowledged)
    await ben.see('Recording', 'status')
    await ana.press('More')
    await ana.press('Stop recording', 'menuitem')
    await ana.press('Stop recording')
    await until('the finished recording', async () => (await recordings().state(id)) === 'READY', SLOWLY)

    const finished = new Set(packetsOf(await recordings().film(id)).map(whole))
    for (const [index, packets] of acknowledged.entries()) {
      const offset = (last[index]?.from ?? Number.NaN) - (last[0]?.from ?? Number.NaN)
      // Times are kept in whole milliseconds, and pictures before the first whole one cannot be shown.
      const found = (packet: Packet, at: number) => finished.has(whole({ ...packet, at }))
      const missing = packets.filter((packet) => {
        const at = packet.at + offset + (packet.stream === 'video' ? SOUND_IS_LATE_MS : 0)
        return ![-1, 0, 1].some((by) => found(packet, Math.floor(at + by)))
      })
      expect({ part: index, of: packets.length, enough: holdsEnough(packets), missing }).toMatchObject({
        enough: true,
        missing: [],
      })
    }
    const { prisma } = stage.parley.database
    const told = await prisma.recordingEvent.count({ where: { recordingId: id, type: 'interrupted' } })
    expect(told).toBe(last.length - 1)
  }, 600_000)
})

/** By which pictures stand later in a film than in its parts (REC-136). */
const SOUND_IS_LATE_MS = 34.5

type Packet = { readonly stream: string; readonly at: number; readonly bytes: number }

const whole = ({ stream, at, bytes }: Packet): string => `${stream} ${at} ${bytes}`

/** Prints what a death has cost: what was recorded before it and not yet safe, and the time until the next part began. */
function tellLoss(
  what: string,
  killedAt: number,
  parts: readonly Safe[],
  acknowledged: readonly (readonly Packet[])[],
): void {
  const next = parts.findIndex(({ from }) => from > killedAt)
  const lastAt = Math.max(...(acknowledged[next - 1] ?? []).map(({ at }) => at))
  const unsafe = killedAt - ((parts[next - 1]?.from ?? Number.NaN) + lastAt)
  const again = (parts[next]?.from ?? Number.NaN) - killedAt
  const seconds = (ms: number) => (ms / 1000).toFixed(1)
  process.stdout.write(
    `${what} killed: of the film before it ${seconds(unsafe)} s lost, recorded again ${seconds(again)} s after it\n`,
  )
}

/** More pictures than a recorder makes that draws one and stands still, and half a second of sound. */
const holdsEnough = (packets: readonly Packet[]): boolean =>
  ['video', 'audio'].every((stream) => packets.filter((packet) => packet.stream === stream).length > 12)

/** Of picture and sound, in ms and bytes; the last one of each may be cut off by a death. */
function packetsOf(file: string): Packet[] {
  const { packets } = probe(file, '-show_entries', 'packet=codec_type,pts_time,size') as {
    packets: { codec_type: string; pts_time: string; size: string }[]
  }
  return ['video', 'audio'].flatMap((stream) =>
    packets
      .filter(({ codec_type }) => codec_type === stream)
      .slice(0, -1)
      .map(({ pts_time, size }) => ({
        stream,
        at: Math.round(Number(pts_time) * 1000),
        bytes: Number(size),
      })),
  )
}
