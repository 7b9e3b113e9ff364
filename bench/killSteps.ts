import { readFileSync } from 'node:fs'
import type { Page } from 'puppeteer-core'

/** When a page came how far (ms since the epoch; `killSteps.page.js`), and how long its tasks above 50 ms were in all. */
export type PageSteps = {
  readonly ordered?: number
  readonly sending?: number
  readonly attached?: number
  readonly received?: number
  readonly presented?: number
  readonly blockedMs: number
}

declare global {
  interface Window {
    readonly parleySteps: { start(): void; end(): PageSteps }
  }
}

/** From the next document on, the page can tell its steps. */
export async function installKillSteps(page: Page): Promise<void> {
  await page.evaluateOnNewDocument(readFileSync('bench/killSteps.page.js', 'utf8'))
}

/** Milliseconds from the kill to each step: of the one who shows herself, then of those who watch, in their order. */
export function describeSteps(
  killedAt: number,
  knownAt: number,
  sender: PageSteps,
  receivers: readonly PageSteps[],
): string {
  const since = (ms: number | undefined) => (ms === undefined ? '–' : String(Math.round(ms - killedAt)))
  const each = (step: 'ordered' | 'attached' | 'received' | 'presented') =>
    `${step} ${receivers.map((one) => since(one[step])).join('/')}`
  const busy = [sender, ...receivers].map(({ blockedMs }) => Math.round(blockedMs)).join('/')
  return [
    `known ${since(knownAt)}`,
    `sender ordered ${since(sender.ordered)}, sending ${since(sender.sending)}`,
    `receivers ${[each('ordered'), each('attached'), each('received'), each('presented')].join(', ')}`,
    `long tasks ${busy} ms`,
  ].join('; ')
}
