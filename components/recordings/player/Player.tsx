'use client'
import { Play } from 'lucide-react'
import { useCallback, useEffect, useRef } from 'react'
import { toggleFullScreen } from '#components/call/fullScreen.ts'
import { useStore } from '#components/call/useStore.ts'
import { Button } from '#components/ui/Button.tsx'
import { Spinner } from '#components/ui/Spinner.tsx'
import type { Chapter } from '#lib/domain/recordingTimeline.ts'
import type { CaptionTrack } from '../transcript/CaptionTrack.ts'
import { PlayerBar } from './PlayerBar.tsx'
import type { PlayerControl } from './PlayerControl.ts'
import { keyIsTaken, pressPlayerKey } from './playerKeys.ts'

export type PlayerSource = { readonly url: string; readonly mimeType: string }

type PlayerProps = {
  control: PlayerControl
  title: string
  sources: readonly PlayerSource[]
  chapters: readonly Chapter[]
  captions: CaptionTrack
  /** Where the transcript is; null where there is none. */
  captionsUrl: string | null
  mayDownload: boolean
}

/** The film and its bar. Keys work wherever the focus is on the page, unless what has it needs them. */
export function Player(props: PlayerProps) {
  const { control, title, sources, chapters, captions, captionsUrl, mayDownload } = props
  const frame = useRef<HTMLElement>(null)
  const video = useRef<HTMLVideoElement>(null)
  const fullScreen = useCallback(() => void toggleFullScreen(frame.current, video.current), [])

  useEffect(() => {
    const element = video.current
    if (element === null) return
    const detach = control.attach(element)
    return () => {
      element.pause()
      detach()
    }
  }, [control])
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent): void => {
      if (keyIsTaken(event)) return
      if (pressPlayerKey(event.key, { control, captions, toggleFullScreen: fullScreen }))
        event.preventDefault()
    }
    window.addEventListener('keydown', onKeyDown)
    return () => window.removeEventListener('keydown', onKeyDown)
  }, [control, captions, fullScreen])

  return (
    <section
      ref={frame}
      aria-label="Player"
      className="flex flex-col overflow-hidden rounded-lg bg-stage shadow-2 [&:fullscreen]:rounded-none"
    >
      <div className="relative aspect-video w-full bg-stage in-[:fullscreen]:aspect-auto in-[:fullscreen]:min-h-0 in-[:fullscreen]:flex-1">
        {/* biome-ignore lint/a11y/useMediaCaption: a recording has captions once somebody has added them */}
        <video
          ref={video}
          aria-label={title}
          tabIndex={-1}
          playsInline
          preload="metadata"
          onClick={() => control.toggle()}
          className="captioned absolute inset-0 size-full bg-stage object-contain"
        >
          {sources.map(({ url, mimeType }) => (
            <source key={url} src={url} type={mimeType} />
          ))}
          {captionsUrl !== null && (
            <track
              key={captionsUrl}
              ref={captions.attach}
              kind="captions"
              label="Captions"
              src={captionsUrl}
            />
          )}
        </video>
        <Overlay control={control} mayDownload={mayDownload} />
      </div>
      <PlayerBar control={control} chapters={chapters} captions={captions} onFullScreen={fullScreen} />
    </section>
  )
}

/** The large button before the first picture, what it waits for, and what went wrong. */
function Overlay({ control, mayDownload }: { control: PlayerControl; mayDownload: boolean }) {
  const { begun, waiting, failed } = useStore(control.state)
  if (failed) {
    return (
      <div
        role="alert"
        className="absolute inset-0 flex flex-col items-center justify-center gap-4 bg-stage-scrim p-6"
      >
        <p className="max-w-sm text-center text-stage-ink">
          This recording could not be played.{mayDownload && ' If it stays so, download it instead.'}
        </p>
        <Button onClick={() => control.retry()}>Try again</Button>
      </div>
    )
  }
  if (waiting) {
    return (
      <div className="pointer-events-none absolute inset-0 flex items-center justify-center text-stage-ink">
        <Spinner label="Loading" className="size-10" />
      </div>
    )
  }
  if (begun) return null
  return (
    <button
      type="button"
      aria-label="Play from the beginning"
      onClick={() => control.play()}
      className="group absolute inset-0 flex items-center justify-center outline-none"
    >
      <span className="flex size-18 items-center justify-center rounded-full bg-stage-scrim text-stage-ink transition-transform group-hover:scale-105 group-focus-visible:outline-2 group-focus-visible:outline-stage-accent">
        <Play aria-hidden className="ml-1 size-8" />
      </span>
    </button>
  )
}
