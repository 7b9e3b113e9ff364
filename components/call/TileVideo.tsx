import { useEffect, useRef } from 'react'
import { flushSync } from 'react-dom'
import { joinClasses } from '#components/ui/joinClasses.ts'
import { useTakeover } from './useTakeover.ts'

type TileVideoProps = {
  track: MediaStreamTrack
  mirrored?: boolean
  /** `contain` shows all of it (screens, the stage); `cover` fills the tile (people). */
  fit?: 'cover' | 'contain'
  className?: string
}

/**
 * One picture. Always muted: sound has its own element, so that a tile may come and go without a gap in it. Another track
 * is laid over the former one and seen from its first frame on, so that a tile is never black in between.
 */
export function TileVideo({ track, ...look }: TileVideoProps) {
  const { layers, current, arrived } = useTakeover(track)
  return layers.map((layer) => (
    <Picture
      key={layer.id}
      {...look}
      track={layer}
      pending={layer !== current}
      onFrame={() => arrived(layer)}
    />
  ))
}

type PictureProps = TileVideoProps & { pending: boolean; onFrame(): void }

function Picture({ track, mirrored = false, fit = 'cover', className, pending, onFrame }: PictureProps) {
  const video = useRef<HTMLVideoElement>(null)
  useEffect(() => {
    const element = video.current
    if (!element) return
    element.srcObject = new MediaStream([track])
    // Rejected when the element goes away before the first frame; `autoPlay` tries again for a new track.
    element.play().catch(() => undefined)
    return () => {
      element.srcObject = null
    }
  }, [track])
  const told = useRef(onFrame)
  told.current = onFrame
  useEffect(() => {
    const element = video.current
    if (!element || !pending) return
    // Rendered at once: the browser is about to draw this very frame, and a frame later would be seen as a pause.
    return afterFirstFrame(element, () => flushSync(() => told.current()))
  }, [pending])
  return (
    <video
      ref={video}
      muted
      autoPlay
      playsInline
      className={joinClasses(
        'absolute inset-0 size-full',
        fit === 'cover' ? 'object-cover' : 'object-contain',
        mirrored && '-scale-x-100',
        // Drawn, so that frames are presented, and not seen.
        pending && 'opacity-0',
        className,
      )}
    />
  )
}

/** Calls `act` once a frame is on the screen; where the browser does not say, once one is decoded. */
function afterFirstFrame(element: HTMLVideoElement, act: () => void): () => void {
  if (typeof element.requestVideoFrameCallback !== 'function') {
    element.addEventListener('loadeddata', act, { once: true })
    return () => element.removeEventListener('loadeddata', act)
  }
  const handle = element.requestVideoFrameCallback(act)
  return () => element.cancelVideoFrameCallback(handle)
}
