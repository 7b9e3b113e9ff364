'use client'
import { useEffect, useRef } from 'react'
import type { RecordingView } from '#lib/protocol/recordings.ts'
import { isGoingOn } from './recordingWords.ts'

/** The first file is there, and the next ones follow within seconds or minutes. */
const UNFINISHED_MS = 5_000
/** Own tracks come when people's browsers have sent them: in minutes, or in hours. */
const TRACKS_MS = 60_000

type Shown = Pick<RecordingView, 'state' | 'unfinished' | 'tracksAwaited'>

function pause({ state, unfinished, tracksAwaited }: Shown, goingOnMs: number): number | null {
  if (isGoingOn(state)) return goingOnMs
  if (state !== 'ready') return null
  return unfinished ? UNFINISHED_MS : tracksAwaited ? TRACKS_MS : null
}

/** Asks again for as long as more of a recording is to come, and rests when all of it is there. */
export function useLookAgain(recording: Shown, goingOnMs: number, ask: () => void): void {
  const every = pause(recording, goingOnMs)
  const latest = useRef(ask)
  useEffect(() => {
    latest.current = ask
  })
  useEffect(() => {
    if (every === null) return
    const timer = setInterval(() => latest.current(), every)
    return () => clearInterval(timer)
  }, [every])
}
