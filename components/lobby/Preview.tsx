import { Mic, MicOff, Video, VideoOff } from 'lucide-react'
import { isOn, type ToggleSource, toggleLabel } from '#components/call/sourceButtons.ts'
import { TileVideo } from '#components/call/TileVideo.tsx'
import { Avatar } from '#components/ui/Avatar.tsx'
import { IconButton } from '#components/ui/IconButton.tsx'
import { Spinner } from '#components/ui/Spinner.tsx'
import type { LocalMedia } from '#lib/call/callState.ts'

type PreviewProps = {
  local: LocalMedia
  name: string
  /** Whose colour the initials have; a guest has no id yet. */
  colourId: string
  onToggle(kind: ToggleSource, on: boolean): void
}

const WORDS = { off: 'Your camera is off', failed: 'Your camera is not available' } as const

/** How we will look. Its place is kept from the first paint, so that nothing moves when the picture comes. */
export function Preview({ local, name, colourId, onToggle }: PreviewProps) {
  const { camera, microphone } = local
  return (
    <section
      aria-label="Preview"
      className="@container relative aspect-[4/3] w-full overflow-hidden rounded-xl bg-stage-tile sm:aspect-video"
    >
      {camera.status === 'on' ? (
        <TileVideo track={camera.track} mirrored />
      ) : (
        <div className="absolute inset-0 flex flex-col items-center justify-center gap-4 pb-12 text-sm text-stage-ink-soft">
          {camera.status === 'starting' ? (
            <Spinner label="Your camera is starting" className="size-6" />
          ) : (
            <>
              {name.trim() && <Avatar id={colourId} name={name} size="xl" />}
              <p>{WORDS[camera.status]}</p>
            </>
          )}
        </div>
      )}
      <div className="absolute inset-x-0 bottom-4 flex justify-center gap-3">
        <Toggle kind="microphone" source={microphone} onToggle={onToggle} />
        <Toggle kind="camera" source={camera} onToggle={onToggle} />
      </div>
    </section>
  )
}

const ICONS = { microphone: { on: Mic, off: MicOff }, camera: { on: Video, off: VideoOff } } as const

type ToggleProps = {
  kind: ToggleSource
  source: LocalMedia['camera']
  onToggle(kind: ToggleSource, on: boolean): void
}

function Toggle({ kind, source, onToggle }: ToggleProps) {
  const on = isOn(source)
  const Icon = on ? ICONS[kind].on : ICONS[kind].off
  return (
    <IconButton
      label={toggleLabel(kind, source)}
      variant={on ? 'stage' : 'stageDanger'}
      size="lg"
      className="shadow-3"
      onClick={() => onToggle(kind, !on)}
    >
      <Icon aria-hidden className="size-5" />
    </IconButton>
  )
}
