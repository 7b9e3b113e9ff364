import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { isProcessAlive } from '#server/boot/processes.ts'
import { until } from './until.ts'

type Line = { readonly browser?: number; readonly why?: string }

/** The recorder that `npm start` has started in this data folder, by what it leaves there. */
export class RecorderProcess {
  readonly #folder: string

  constructor(dataFolder: string) {
    this.#folder = join(dataFolder, 'recorder')
  }

  pid(): number {
    return JSON.parse(readFileSync(join(this.#folder, 'recorder.json'), 'utf8')).pid
  }

  /** What it has written so far. */
  output(): string {
    return readFileSync(join(this.#folder, 'recorder.log'), 'utf8')
  }

  /** Of the browser that records; the spare one records nothing. */
  browserPid(): Promise<number> {
    return until('a browser that records', () => {
      const opened = this.#lines().findLast(({ browser }) => browser !== undefined)
      return opened?.browser !== undefined && isProcessAlive(opened.browser) ? opened.browser : null
    })
  }

  /** Why it has replaced browsers so far. */
  replacements(): string[] {
    return this.#lines().flatMap(({ why }) => why ?? [])
  }

  #lines(): Line[] {
    return this.output()
      .split('\n')
      .flatMap((line) => (line.startsWith('{') && line.endsWith('}') ? [JSON.parse(line)] : []))
  }
}
