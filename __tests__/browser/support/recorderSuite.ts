import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { RecorderProcess } from './recorderProcess.ts'
import { Recordings } from './recordings.ts'
import { type Stage, type StageSuiteOptions, stageSuite } from './stage.ts'

export type RecorderSuite = {
  readonly stage: Stage
  readonly recorder: RecorderProcess
  readonly recordings: () => Recordings
  /** What the server has acknowledged of a part, as a file. */
  readonly saved: (recording: string, part: string) => string
  /** For what a test writes itself: gone after the last one. */
  readonly folder: string
}

/** For one describe block: a stage whose server has a recorder of its own, which tells which browser records. */
export function recorderSuite(name: string, { env, ...options }: StageSuiteOptions = {}): RecorderSuite {
  const folder = mkdtempSync(join(tmpdir(), `parley-${name}-`))
  const [data, films] = [join(folder, 'data'), join(folder, 'recordings')]
  const stage = stageSuite({
    ...options,
    env: {
      RECORDER: 'auto',
      LOG_LEVEL: 'info',
      RECORDINGS_DIR: films,
      RECORDINGS_MIN_FREE_GB: '0',
      PARLEY_DATA_DIR: data,
      ...env,
    },
  })
  afterAll(() => rmSync(folder, { recursive: true, force: true }))
  const recordings = () => new Recordings(stage.parley.database, films)
  const saved = (recording: string, part: string): string => {
    const file = join(folder, `${part}.webm`)
    writeFileSync(file, recordings().bytes(recording, part))
    return file
  }
  return { stage, recorder: new RecorderProcess(data), recordings, saved, folder }
}
