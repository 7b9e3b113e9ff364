import type { Page } from 'puppeteer-core'
import type { TileWatch } from '../__tests__/browser/support/mediaProbe.ts'
import { pause } from '../__tests__/browser/support/until.ts'

export type Gaps = {
  /** Longest time without a new picture in a tile, and without a packet of sound, on the worst page (ms). */
  readonly pictureMs: number
  readonly soundMs: number
}

export type Watched<Value> = {
  readonly value: Gaps
  /** Of each page. */
  readonly tiles: readonly TileWatch[]
  readonly result: Value
}

/** What everybody misses during a window, and during what happens in it. Sound is looked at every 20 ms. */
export async function watchGaps<Value>(
  pages: readonly Page[],
  windowMs: number,
  during: () => Promise<Value>,
): Promise<Watched<Value>> {
  await Promise.all(pages.map((page) => page.evaluate(() => window.parleyProbe.startTileWatch())))
  await Promise.all(pages.map((page) => page.evaluate(startSoundWatch)))
  const [result] = await Promise.all([during(), pause(windowMs)])
  const sounds = await Promise.all(pages.map((page) => page.evaluate(endSoundWatch)))
  const tiles = await Promise.all(pages.map((page) => page.evaluate(() => window.parleyProbe.endTileWatch())))
  return {
    result,
    tiles,
    value: {
      pictureMs: Math.max(...tiles.flatMap(({ longest }) => longest)),
      soundMs: Math.max(...sounds),
    },
  }
}

type SoundWatch = { counts: Map<string, number>; lastAt: number; longest: number; over: boolean }

declare global {
  interface Window {
    soundWatch?: SoundWatch
  }
}

/** Runs in the page. A connection that is new counts from its first packet on. */
function startSoundWatch(): void {
  const watch: SoundWatch = { counts: new Map(), lastAt: performance.now(), longest: 0, over: false }
  window.soundWatch = watch
  const look = async () => {
    if (watch.over) return
    const { streams } = await window.parleyProbe.traffic()
    for (const { id, kind, packets } of streams) {
      if (kind !== 'audio' || packets <= (watch.counts.get(id) ?? 0)) continue
      watch.counts.set(id, packets)
      const now = performance.now()
      watch.longest = Math.max(watch.longest, now - watch.lastAt)
      watch.lastAt = now
    }
    setTimeout(look, 20)
  }
  void look()
}

/** Runs in the page. */
function endSoundWatch(): number {
  const watch = window.soundWatch
  if (watch === undefined) return Number.NaN
  watch.over = true
  return Math.max(watch.longest, performance.now() - watch.lastAt)
}
