import { memo, useEffect, useMemo, useRef, useState } from 'react'
import { Button } from '#components/ui/Button.tsx'
import type { EngineState, RemoteMedia } from '#lib/call/ports.ts'
import type { ParticipantId } from '#lib/protocol/ids.ts'
import { useTakeover } from './useTakeover.ts'

/** Browsers say that a sound plays some hundredths of a second before it is heard. */
const FLOWS_MS = 50

type RemoteAudioProps = {
  participants: EngineState['participants']
  speaker: string | null
  silenced: ReadonlySet<ParticipantId>
}

/** Everybody's sound, apart from the tiles: who is on another page is heard all the same. */
export function RemoteAudio({ participants, speaker, silenced }: RemoteAudioProps) {
  const [blocked, setBlocked] = useState(false)
  const box = useRef<HTMLDivElement>(null)
  const hear = (): void => {
    const elements = [...(box.current?.querySelectorAll('audio') ?? [])]
    Promise.all(elements.map((element) => element.play())).then(
      () => setBlocked(false),
      () => setBlocked(true),
    )
  }
  return (
    <>
      <div ref={box} hidden>
        {[...participants].map(([id, media]) => (
          <PersonAudio
            key={id}
            tracks={media.tracks}
            speaker={speaker}
            silenced={silenced.has(id)}
            onBlocked={setBlocked}
          />
        ))}
      </div>
      {blocked && (
        <div className="absolute inset-x-0 top-4 z-30 flex justify-center px-4">
          <div
            role="alert"
            className="flex items-center gap-3 rounded-lg bg-stage-raised py-2 pr-2 pl-4 text-sm shadow-3"
          >
            Your browser holds the sound back.
            <Button variant="stageAccent" onClick={hear}>
              Click to hear
            </Button>
          </div>
        </div>
      )}
    </>
  )
}

type PersonAudioProps = {
  tracks: RemoteMedia['tracks']
  speaker: string | null
  silenced: boolean
  onBlocked(blocked: boolean): void
}

/** Another sound of the same person is heard as soon as it flows, and the former one no longer: never both, never none. */
const PersonAudio = memo(function PersonAudio({ tracks, silenced, ...rest }: PersonAudioProps) {
  const { microphone, screenAudio } = tracks
  const sound = useMemo(
    () => new MediaStream([microphone, screenAudio].filter((track) => track !== undefined)),
    [microphone, screenAudio],
  )
  const { layers, current, arrived } = useTakeover(sound)
  const heard = current.getTracks().length > 0
  return layers.map((layer) => (
    <Sound
      key={layer.id}
      {...rest}
      sound={layer}
      silenced={silenced || (heard && layer !== current)}
      onPlaying={() => setTimeout(() => arrived(layer), FLOWS_MS)}
    />
  ))
})

type SoundProps = Pick<PersonAudioProps, 'speaker' | 'silenced' | 'onBlocked'> & {
  sound: MediaStream
  onPlaying(): void
}

function Sound({ sound, speaker, silenced, onBlocked, onPlaying }: SoundProps) {
  const audio = useRef<HTMLAudioElement>(null)
  useEffect(() => {
    const element = audio.current
    if (!element || sound.getTracks().length === 0) return
    element.srcObject = sound
    element.play().catch((error: unknown) => {
      // The other rejection, AbortError, means that the element went away or has a newer stream: nothing to tell.
      if (error instanceof DOMException && error.name === 'NotAllowedError') onBlocked(true)
    })
    return () => {
      element.srcObject = null
    }
  }, [sound, onBlocked])
  useEffect(() => {
    const element = audio.current
    // Safari and older Firefox have no choice of speaker; the system's own choice sounds there.
    if (!element || !speaker || !('setSinkId' in element)) return
    element.setSinkId(speaker).catch(() => undefined)
  }, [speaker])
  return <audio ref={audio} autoPlay muted={silenced} onPlaying={onPlaying} />
}
