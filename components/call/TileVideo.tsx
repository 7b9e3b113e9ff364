import { useEffect, useRef } from 'react'
import { joinClasses } from '#components/ui/joinClasses.ts'

type TileVideoProps = {
  track: MediaStreamTrack
  mirrored?: boolean
  /** `contain` shows all of it (screens, the stage); `cover` fills the tile (people). */
  fit?: 'cover' | 'contain'
  className?: string
}

/** One picture. Always muted: sound has its own element, so that a tile may come and go without a gap in it. */
export function TileVideo({ track, mirrored = false, fit = 'cover', className }: TileVideoProps) {
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
        className,
      )}
    />
  )
}
