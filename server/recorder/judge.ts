import type { RecorderReport } from '#lib/protocol/recorderPage.ts'

export type Observation = {
  /** Null when the page did not answer. */
  readonly report: RecorderReport | null
  /** How often in a row it has not. */
  readonly silent: number
  readonly openForMs: number
  /** Since it has ended by its own account. */
  readonly endedForMs: number
}
export type Verdict = {
  readonly why: string
  /** Only when our server has answered for so long, ms; null when that does not matter. */
  readonly ifServerAnswersFor: number | null
}

const MOST_SILENT = 2
const JOIN_WITHIN_MS = 45_000
/** Chunks come each second; on a machine at its limit somewhat later. */
const CHUNK_WITHIN_MS = 8_000
const ACKNOWLEDGED_WITHIN_MS = 60_000
/** A page that comes back from a network that was away finds out within this: a request that hangs, and a pause. */
export const COMES_BACK_WITHIN_MS = 30_000
/** The room and the job table may know before we do that the recording is over: so long we wait to hear of it. */
const HEAR_OF_END_MS = 8_000

/** Whether a page has to be replaced (REC-71). Null: it does what it should. */
export function judge({ report, silent, openForMs, endedForMs }: Observation): Verdict | null {
  if (report === null) {
    return silent >= MOST_SILENT ? { why: 'the page does not answer', ifServerAnswersFor: null } : null
  }
  switch (report.status) {
    case 'joining':
      return openForMs > JOIN_WITHIN_MS
        ? { why: 'it does not get into the meeting', ifServerAnswersFor: 0 }
        : null
    case 'ended':
      if (report.ended === 'no-space') return { why: 'no-space', ifServerAnswersFor: null }
      return endedForMs > HEAR_OF_END_MS || mustReplace(report)
        ? { why: `it ended: ${report.ended}`, ifServerAnswersFor: null }
        : null
    case 'recording':
      if ((report.recordedAgoMs ?? 0) > CHUNK_WITHIN_MS) {
        return { why: 'no chunk comes of it', ifServerAnswersFor: null }
      }
      return report.backlog > 0 && (report.acknowledgedAgoMs ?? openForMs) > ACKNOWLEDGED_WITHIN_MS
        ? { why: 'nothing of it is acknowledged', ifServerAnswersFor: COMES_BACK_WITHIN_MS }
        : null
  }
}

/** Ended for a reason of its own, not because the recording is over. */
const mustReplace = ({ ended }: RecorderReport): boolean =>
  ended === 'tracks-ended' || ended === 'refused' || ended === 'full' || ended === 'cannot-capture'
