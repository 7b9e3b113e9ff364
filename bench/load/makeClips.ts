import { readFileSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { launchBrowser } from '../../__tests__/browser/support/launchBrowser.ts'

export type Clip = { readonly file: string; readonly width: number; readonly height: number }

type Encoding = {
  readonly width: number
  readonly height: number
  readonly bitrate: number
  readonly framesPerSecond: number
  readonly seconds: number
  readonly keyFrameEvery: number
}

declare global {
  interface Window {
    encodeClip(encoding: Encoding): Promise<string>
  }
}

/** What livekit-client makes of a camera of 1280 × 720, the lowest layer first. */
const LAYERS = [
  { width: 320, height: 180, bitrate: 160_000 },
  { width: 640, height: 360, bitrate: 450_000 },
  { width: 1280, height: 720, bitrate: 1_700_000 },
]
/** Nobody encodes anew for somebody who comes: a key frame each second does instead. */
const TIMING = { framesPerSecond: 25, seconds: 4, keyFrameEvery: 25 }

/**
 * Three layers of one picture as real VP8, each in an IVF file, made by Chromium's own encoder.
 * @param url any page of a secure origin: WebCodecs is nowhere else
 */
export async function makeClips(folder: string, url: string): Promise<Clip[]> {
  const browser = await launchBrowser('chromium')
  try {
    const page = await browser.newPage()
    await page.evaluateOnNewDocument(readFileSync(join(import.meta.dirname, 'encodeClip.page.js'), 'utf8'))
    await page.goto(url)
    const clips: Clip[] = []
    for (const layer of LAYERS) {
      const encoded = await page.evaluate((encoding) => window.encodeClip(encoding), { ...layer, ...TIMING })
      const file = join(folder, `${layer.height}.ivf`)
      await writeFile(file, Buffer.from(encoded, 'base64'))
      clips.push({ file, width: layer.width, height: layer.height })
    }
    return clips
  } finally {
    await browser.close()
  }
}
