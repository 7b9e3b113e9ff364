'use client'

import { useEffect, useState } from 'react'
import { ownRecordingWords } from '#components/call/ownRecordingWords.ts'
import { keepsAnything } from '#lib/call/recording/keepsAnything.ts'
import {
  CHUNK_FOLDER,
  NOTHING_OF_OUR_OWN,
  NOTHING_WAITS,
  type Waiting,
} from '#lib/call/recording/OwnRecording.ts'
import { RecordingLine } from './RecordingLine.tsx'

type LeftoversProps = {
  find?: () => Promise<boolean>
  load?: () => Promise<(onBacklog: (waiting: Waiting) => void) => Promise<void>>
}

const findInBrowser = async (): Promise<boolean> => keepsAnything(navigator.storage, [CHUNK_FOLDER])
const loadSender = async () => (await import('#lib/call/recording/studio/sendLeftovers.ts')).sendLeftovers

/**
 * Sends what a call in this browser could not, on a page without a call: a meeting that is over is opened by nobody but its
 * host (REC-210). What is not to be found or loaded now is on another page.
 */
export function Leftovers({ find = findInBrowser, load = loadSender }: LeftoversProps) {
  const [leftover, setLeftover] = useState(NOTHING_WAITS)
  useEffect(() => {
    const send = async (): Promise<void> => {
      if (await find()) await (await load())(setLeftover)
    }
    send().catch(() => undefined)
  }, [find, load])
  const words = ownRecordingWords({ ...NOTHING_OF_OUR_OWN, leftover })
  return (
    <div className="pointer-events-none fixed inset-x-4 bottom-6 z-20 mx-auto w-fit max-w-md">
      <RecordingLine
        words={words}
        className="rounded-md border border-line bg-raised px-3 py-2 text-center text-ink-soft"
      />
    </div>
  )
}
