import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { promisify } from 'node:util'
import { ALL_FORMATS, BufferSource, BufferTarget, Input } from 'mediabunny'
import { groupParts, joinParts } from '#lib/media/joinParts.ts'
import { silence } from '#lib/media/packets.ts'
import { opusDurationMs } from '#lib/media/recordedSound.ts'
import { describeWithFfmpeg } from '../support/describeWithFfmpeg.ts'
import { judge, makeWebm } from '../support/webm.ts'

jest.setTimeout(120_000)

const run = promisify(execFile)

test.each([
  [1, 0, 10],
  [2, 0, 10],
  [1, 3.5, 3.91],
  [2, 7, 7.03],
])(
  '[REC-196] silence of %i channels from %d to %d s is in packets that say how long they are',
  (channels, start, end) => {
    const packets = [...silence(start, end, channels)]
    let at = packets[0]?.timestamp ?? 0
    expect(at - start).toBeLessThan(0.004)
    for (const { timestamp, duration, data } of packets) {
      expect(timestamp).toBeCloseTo(at, 6)
      expect(opusDurationMs(data) / 1000).toBeCloseTo(duration, 6)
      at = timestamp + duration
    }
    expect(end - at).toBeGreaterThan(0)
    expect(end - at).toBeLessThan(0.03)
  },
)

describeWithFfmpeg('twenty minutes until somebody speaks', () => {
  let folder: string
  beforeEach(() => {
    folder = mkdtempSync(path.join(os.tmpdir(), 'parley-silence-'))
  })
  afterEach(() => rmSync(folder, { recursive: true, force: true }))

  test.each(['webm', 'mp4'] as const)(
    '[REC-196] are silence that a decoder understands, and leave others their turn (%s)',
    async (container) => {
      const voice = await makeWebm({ seconds: 2, video: null })
      const part = {
        id: 'a',
        offset: 1_200,
        chunks: 2,
        bytes: voice.length,
        open: () => new Input({ source: new BufferSource(voice), formats: ALL_FORMATS }),
      }
      let turns = 0
      let over = false
      const others = () => {
        turns += 1
        if (!over) setImmediate(others)
      }
      const deps = {
        check: () => undefined,
        nextTurn: () => new Promise<void>((resolve) => setImmediate(resolve)),
        isLoss: () => false,
        onLoss: () => undefined,
      }
      const [group] = await groupParts(deps, [part])
      if (!group) throw new Error('nothing to join')
      const target = new BufferTarget()
      setImmediate(others)
      await joinParts(deps, group, { container, audioOnly: true }, target)
      over = true
      expect(turns).toBeGreaterThan(200)

      const file = path.join(folder, `a.${container}`)
      writeFileSync(file, Buffer.from(target.buffer ?? new ArrayBuffer(0)))
      const judged = await judge(file)
      expect([judged.errors, judged.audio?.codec]).toEqual(['', 'opus'])
      expect(Math.abs(judged.seconds - 1_202)).toBeLessThan(0.1)
      // 120 ms each, and 20 ms each of the voice.
      expect(judged.audio?.frames).toBeLessThan(10_200)
      const heard = async (from: number) => {
        const level = ['-t', '1', '-i', file, '-af', 'volumedetect', '-f', 'null', '-']
        const { stderr } = await run('ffmpeg', ['-nostats', '-ss', String(from), ...level])
        return Number(/max_volume: (-?[\d.]+) dB/.exec(stderr)?.[1])
      }
      for (const at of [0, 600, 1_198]) expect(await heard(at)).toBeLessThan(-80)
      expect(await heard(1_200.5)).toBeGreaterThan(-30)
      // Where it begins is where it was said.
      const { stderr } = await run('ffmpeg', [
        '-nostats',
        '-i',
        file,
        '-af',
        'silencedetect',
        '-f',
        'null',
        '-',
      ])
      expect(Math.abs(Number(/silence_end: ([\d.]+)/.exec(stderr)?.[1]) - 1_200)).toBeLessThan(0.05)
    },
  )
})
