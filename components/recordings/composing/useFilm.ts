import { useEffect, useRef, useState } from 'react'
import { type FilmOptions, type FilmSaved, makeFilm } from './makeFilm.ts'

export type FilmWork = {
  /** 0…1 while one is being made; null otherwise. */
  readonly share: number | null
  readonly error: string | null
  readonly saved: Exclude<FilmSaved, 'cancelled'> | null
  make(film: Pick<FilmOptions, 'recordingId' | 'startedAt' | 'people'>): Promise<void>
  cancel(): void
  /** What became of the last one is read. */
  forget(): void
}

const UNSUPPORTED =
  'This browser cannot make films. A current Chrome, Edge or Firefox on a computer can; or put the tracks together in an editor.'
const FAILED = 'The film could not be made. The tracks are as they were: please try again.'

/** One film at a time. It goes on while its dialog is closed, and ends with the page. */
export function useFilm(): FilmWork {
  const [share, setShare] = useState<number | null>(null)
  const [error, setError] = useState<string | null>(null)
  const [saved, setSaved] = useState<FilmWork['saved']>(null)
  const abort = useRef<AbortController | null>(null)
  useStay(share !== null)
  useEffect(() => () => abort.current?.abort(), [])

  const forget = (): void => {
    setError(null)
    setSaved(null)
  }
  return {
    share,
    error,
    saved,
    async make(film) {
      forget()
      abort.current = new AbortController()
      const { signal } = abort.current
      try {
        const how = await makeFilm({ ...film, onProgress: setShare, signal })
        setSaved(how === 'cancelled' ? null : how)
      } catch (failure) {
        if (!signal.aborted) setError(isUnsupported(failure) ? UNSUPPORTED : FAILED)
      }
      setShare(null)
    },
    cancel: () => abort.current?.abort(),
    forget,
  }
}

/** Closing the page would end the work: the browser asks first. */
function useStay(working: boolean): void {
  useEffect(() => {
    if (!working) return
    const ask = (event: BeforeUnloadEvent) => event.preventDefault()
    window.addEventListener('beforeunload', ask)
    return () => window.removeEventListener('beforeunload', ask)
  }, [working])
}

const isUnsupported = (failure: unknown): boolean =>
  failure instanceof Error && 'code' in failure && failure.code === 'unsupported'
