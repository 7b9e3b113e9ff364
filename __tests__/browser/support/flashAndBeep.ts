import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Page } from 'puppeteer-core'

const SOURCE = readFileSync(join(process.cwd(), '__tests__/browser/support/flashAndBeep.page.js'), 'utf8')

export type FlashAndBeep = {
  readonly width: number
  readonly height: number
  readonly framesPerSecond: number
  /** A white flash and a beep together, every two seconds or so. */
  readonly flashes?: boolean
  /** No picture is like the one before, and a tone never ends. */
  readonly steady?: boolean
}

/** From its next navigation on a page of Chromium has this camera and microphone. */
export const flashAndBeep = async (page: Page, camera: FlashAndBeep): Promise<void> => {
  await page.evaluateOnNewDocument(`window.parleyBench = ${JSON.stringify(camera)};\n${SOURCE}`)
}

/** What such a page's camera and microphone give, recorded there and then. @returns a WebM */
export async function recordSource(page: Page, ms: number): Promise<Buffer> {
  const recorded = await page.evaluate(
    (length) => (window as unknown as { recordSource(ms: number): Promise<string> }).recordSource(length),
    ms,
  )
  return Buffer.from(recorded, 'base64')
}
