import { randomUUID } from 'node:crypto'
import { pino } from 'pino'
import { conferenceId, type RecordingId } from '#lib/protocol/ids.ts'
import type { RecorderReport } from '#lib/protocol/recorderPage.ts'
import { judge } from '#server/recorder/judge.ts'
import { placesOf } from '#server/recorder/places.ts'
import { Recorder, type RecorderDeps } from '#server/recorder/Recorder.ts'
import type { Camera } from '#server/recorder/RecordingTask.ts'
import type { RecorderDesk, RecorderJob } from '#server/recordings/RecorderDesk.ts'
import { recordingOf } from '../../support/FakeRecordingApi.ts'

const GOING_WELL: RecorderReport = {
  status: 'recording',
  recordedAgoMs: 400,
  acknowledgedAgoMs: 300,
  acknowledged: 7,
  backlog: 1,
  delivered: false,
  ended: null,
}

describe('[REC-71] whether a recorder’s page has to be replaced', () => {
  const seen = { silent: 0, openForMs: 60_000, endedForMs: 0 }
  test.each<[string, RecorderReport | null, Partial<typeof seen>, string | null]>([
    ['it does what it should', GOING_WELL, {}, null],
    ['it did not answer once', null, { silent: 1 }, null],
    ['it did not answer twice', null, { silent: 2 }, 'the page does not answer'],
    ['no chunk comes', { ...GOING_WELL, recordedAgoMs: 9_000 }, {}, 'no chunk comes of it'],
    [
      'the server acknowledges nothing',
      { ...GOING_WELL, acknowledgedAgoMs: 70_000 },
      {},
      'nothing of it is acknowledged',
    ],
    ['it joins still', { ...GOING_WELL, status: 'joining' }, { openForMs: 30_000 }, null],
    ['it does not get in', { ...GOING_WELL, status: 'joining' }, {}, 'it does not get into the meeting'],
    ['it is over', { ...GOING_WELL, status: 'ended', ended: 'stopped' }, { endedForMs: 1_000 }, null],
    [
      'over, but not by the job table',
      { ...GOING_WELL, status: 'ended', ended: 'stopped' },
      { endedForMs: 9_000 },
      'it ended: stopped',
    ],
    [
      'its tab’s picture is gone',
      { ...GOING_WELL, status: 'ended', ended: 'tracks-ended' },
      {},
      'it ended: tracks-ended',
    ],
    ['no space', { ...GOING_WELL, status: 'ended', ended: 'no-space' }, {}, 'no-space'],
  ])('%s', (_what, report, change, why) => {
    expect(judge({ ...seen, ...change, report })?.why ?? null).toBe(why)
  })
})

test.each([
  [1, undefined, 1],
  [2, undefined, 1],
  [3, undefined, 2],
  [16, undefined, 10],
  [16, 3, 3],
  [2, 0, 0],
])('[REC-72] %d processors, configured %s: %d places', (cores, configured, places) => {
  expect(placesOf(cores, configured)).toBe(places)
})

class FakeCamera implements Camera {
  readonly pid = null
  gone: string | null = null
  #tell: () => void = () => undefined
  readonly whenGone = new Promise<void>((resolve) => {
    this.#tell = resolve
  })
  /** How long its end takes. */
  closing: Promise<void> = Promise.resolve()
  flushed = 0
  closed = 0
  /** Of what it was told when it was closed. */
  complete: boolean | null = null
  /** What it has kept is with the server. */
  delivered = true
  acknowledged = 7
  report = async () => {
    const delivered = this.flushed > 0 && this.delivered
    return { ...GOING_WELL, acknowledged: this.acknowledged, delivered }
  }
  flush = async () => {
    this.flushed += 1
  }
  close = async (delivered: boolean) => {
    this.closed += 1
    this.complete = delivered
    await this.closing
  }
  die(): void {
    this.gone = 'the browser ended'
    this.#tell()
  }
}

class FakeDesk implements RecorderDesk {
  waiting: RecorderJob[] = []
  ours = new Set<RecordingId>()
  free: number | null = null
  released: RecordingId[] = []
  /** Of those, by which this recorder's own browsers have failed. */
  failed: RecordingId[] = []
  left = false
  away = false
  heartbeat = async ({ free }: { free: number }) => {
    this.#answer()
    this.free = free
  }
  claim = async () => {
    this.#answer()
    const job = this.waiting.shift() ?? null
    if (job) this.ours.add(job.id)
    return job
  }
  renew = async (_id: string, jobs: readonly RecordingId[]) => {
    this.#answer()
    return jobs.filter((job) => this.ours.has(job))
  }
  release = async (_id: string, job: RecordingId, { failed }: { failed: boolean }) => {
    this.released.push(job)
    if (failed) this.failed.push(job)
  }
  giveUp = async () => undefined
  find = async () => null
  leave = async () => {
    this.left = true
  }
  #answer(): void {
    if (this.away) throw new Error('the database is away')
  }
}

const jobOf = (number: number): RecorderJob => ({
  id: recordingOf(number),
  meetingId: randomUUID(),
  meetingCode: 'quiet-river-1',
  recordedAs: null,
  conferenceId: conferenceId.parse(randomUUID()),
  title: 'Planning',
  studio: false,
  attempt: 1,
  startedAt: null,
})

describe('a recorder', () => {
  const setUp = (places: number, change: Partial<RecorderDeps> = {}) => {
    const desk = new FakeDesk()
    const cameras: FakeCamera[] = []
    const recorder = new Recorder({
      desk,
      id: 'recorder',
      hostname: 'here',
      places,
      log: pino({ level: 'silent' }),
      serverAnswers: async () => true,
      openCamera: async () => {
        const camera = new FakeCamera()
        cameras.push(camera)
        return camera
      },
      ...change,
    })
    recorder.start()
    return { desk, cameras, recorder }
  }
  const until = async (probe: () => boolean) => {
    while (!probe()) await new Promise((resolve) => setTimeout(resolve, 20))
  }

  test('[REC-72] takes as many as it has places, and says so; the others wait', async () => {
    const { desk, recorder } = setUp(1)
    desk.waiting.push(jobOf(1), jobOf(2))
    await until(() => recorder.recordings === 1 && desk.free === 0)
    await new Promise((resolve) => setTimeout(resolve, 900))
    expect(recorder.recordings).toBe(1)
    expect(desk.waiting).toHaveLength(1)
    await recorder.close()
  }, 20_000)

  test('[REC-70] a browser that died is followed by another one, on the same job', async () => {
    const { desk, cameras, recorder } = setUp(1)
    desk.waiting.push(jobOf(1))
    await until(() => cameras.length === 1)
    const [first] = cameras
    // The next one does not wait until the dead one's folder is gone; the recorder's own end does.
    let gone: () => void = () => undefined
    if (first)
      first.closing = new Promise((resolve) => {
        gone = resolve
      })
    first?.die()
    await until(() => cameras.length === 2)
    // What it has left is to be looked for.
    expect(first).toMatchObject({ flushed: 0, closed: 1, complete: false })
    expect(desk.released).toEqual([])
    let over = false
    const closed = recorder.close().then(() => {
      over = true
    })
    await until(() => cameras[1]?.closed === 1)
    expect(over).toBe(false)
    gone()
    await closed
  }, 20_000)

  test('[REC-72] ends what is no longer its own, with its last chunks sent', async () => {
    const { desk, cameras, recorder } = setUp(1)
    desk.waiting.push(jobOf(1))
    await until(() => cameras.length === 1)
    desk.ours.clear()
    await until(() => recorder.recordings === 0)
    expect(cameras).toMatchObject([{ flushed: 1, closed: 1, complete: true }])
    expect(desk.released).toEqual([])
    await recorder.close()
  }, 20_000)

  test('[REC-122] what a page has kept is delivered beside whoever goes on, before its browser ends', async () => {
    const { desk, cameras, recorder } = setUp(1)
    desk.waiting.push(jobOf(1))
    await until(() => cameras.length === 1)
    const [camera] = cameras
    if (!camera) throw new Error('no camera')
    camera.delivered = false
    desk.ours.clear()
    await until(() => camera.flushed === 1)
    await new Promise((resolve) => setTimeout(resolve, 700))
    expect([camera.closed, recorder.recordings]).toEqual([0, 1])
    camera.delivered = true
    await until(() => recorder.recordings === 0)
    expect(camera.closed).toBe(1)
    await recorder.close()
  }, 20_000)

  test('[REC-122] a lease that ran out while the table was away, and comes back to us, opens no second browser', async () => {
    const { desk, cameras, recorder } = setUp(2)
    desk.waiting.push(jobOf(1))
    await until(() => cameras.length === 1)
    desk.waiting.push(jobOf(1))
    await until(() => desk.waiting.length === 0)
    desk.waiting.push(jobOf(2))
    await until(() => cameras.length === 2)
    expect(recorder.recordings).toBe(2)
    await recorder.close()
  }, 20_000)

  test('[REC-212] says whether what it has is recorded, or is on its way to that', async () => {
    const { desk, cameras, recorder } = setUp(1)
    expect(recorder.work).toBe('none')
    desk.waiting.push(jobOf(1))
    await until(() => recorder.work === 'opening')
    await until(() => recorder.work === 'recording')
    cameras[0]?.die()
    await until(() => recorder.work === 'opening')
    await until(() => recorder.work === 'recording')
    desk.ours.clear()
    await until(() => recorder.work === 'none')
    await recorder.close()
  }, 20_000)

  test('[REC-72] told to end, it hands over what it has and says goodbye', async () => {
    const { desk, cameras, recorder } = setUp(2)
    desk.waiting.push(jobOf(1), jobOf(2))
    await until(() => cameras.length === 2)
    await recorder.close()
    expect(cameras.map(({ flushed, closed }) => [flushed, closed])).toEqual([
      [1, 1],
      [1, 1],
    ])
    expect(new Set(desk.released)).toEqual(new Set([recordingOf(1), recordingOf(2)]))
    expect(desk.failed).toEqual([])
    expect(desk.left).toBe(true)
  }, 20_000)

  test.each([true, false])(
    '[REC-222] browsers that open nothing are its failure where the server answers (%s), and no attempt else',
    async (answers) => {
      const openCamera = async () => {
        throw new Error('net::ERR_CONNECTION_REFUSED')
      }
      const { desk, recorder } = setUp(1, { openCamera, serverAnswers: async () => answers })
      desk.waiting.push(jobOf(1))
      await until(() => desk.released.length === 1)
      expect(desk.failed).toHaveLength(answers ? 1 : 0)
      await recorder.close()
    },
    60_000,
  )

  test('[REC-72] a database that is away ends no recording', async () => {
    const { desk, cameras, recorder } = setUp(1)
    desk.waiting.push(jobOf(1))
    await until(() => cameras.length === 1)
    desk.away = true
    await new Promise((resolve) => setTimeout(resolve, 2_500))
    expect(recorder.recordings).toBe(1)
    expect(cameras).toMatchObject([{ closed: 0 }])
    desk.away = false
    await recorder.close()
  }, 20_000)
})
