import { readFileSync } from 'node:fs'
import type { Page } from 'puppeteer-core'
import { median } from './statistics.ts'

export type PictureAge = { readonly track: string; readonly age: number }

declare global {
  interface Window {
    parleyPictureAges(): PictureAge[]
  }
}

/** From the next document on, this page's camera shows the clock, and the others' pictures are read. */
export async function readPictureAges(page: Page): Promise<void> {
  await page.evaluateOnNewDocument(readFileSync('bench/pictureAge.page.js', 'utf8'))
}

/**
 * How much later or earlier everything is seen after another track has taken the place of the former one: medians, so that
 * one late picture is no step. In a window without another track, between its halves.
 * @returns ms; NaN when there are not enough pictures on both sides
 */
export function stepOf(pictures: readonly PictureAge[]): number {
  const last = pictures.at(-1)?.track
  const at = pictures.findIndex(({ track }) => track === last)
  const middle = at > 0 ? at : Math.floor(pictures.length / 2)
  const [before, after] = [pictures.slice(0, middle), pictures.slice(middle)]
  if (Math.min(before.length, after.length) < FEWEST) return Number.NaN
  return Math.abs(median(after.map(({ age }) => age)) - median(before.map(({ age }) => age)))
}

const FEWEST = 5
