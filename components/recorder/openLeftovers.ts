import { sendLeftovers } from '#lib/call/recording/studio/sendLeftovers.ts'
import type { LeftoversPage, LeftoversReport } from '#lib/protocol/recorderPage.ts'

declare global {
  interface Window {
    parleyLeftovers?: LeftoversPage
  }
}

/** Sends what is left; `window.parleyLeftovers` is how the recorder's process hears of it. */
export function openLeftovers(): void {
  let report: LeftoversReport = { status: 'sending', waiting: 0 }
  window.parleyLeftovers = { report: () => report }
  const sent = sendLeftovers(({ seconds }) => {
    report = { ...report, waiting: seconds }
  })
  sent.then(
    () => {
      report = { ...report, status: 'done' }
    },
    () => {
      report = { ...report, status: 'failed' }
    },
  )
}
