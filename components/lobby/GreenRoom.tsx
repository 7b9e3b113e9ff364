import { Network } from 'lucide-react'
import { type FormEvent, useEffect, useRef, useState } from 'react'
import { useStore } from '#components/call/useStore.ts'
import { useHydrated } from '#components/desk/useHydrated.ts'
import { Banner } from '#components/ui/Banner.tsx'
import { Button } from '#components/ui/Button.tsx'
import { Logo } from '#components/ui/Logo.tsx'
import { TextField } from '#components/ui/TextField.tsx'
import type { CallHandle } from '#lib/call/CallHandle.ts'
import type { LocalMedia } from '#lib/call/callState.ts'
import type { RecordingNotice } from '#lib/domain/recordingPolicy.ts'
import type { WireError } from '#lib/protocol/errors.ts'
import { type ReadableStore, Store } from '#lib/store.ts'
import { DeviceSelects } from './DeviceSelects.tsx'
import { MediaProblems } from './MediaProblems.tsx'
import { Preview } from './Preview.tsx'
import type { Person } from './person.ts'
import { platformOf } from './platform.ts'
import { RecordingNote } from './RecordingNote.tsx'

type GreenRoomProps = {
  /** Null until the call's code has arrived; the room looks the same and already takes a name. */
  call: CallHandle | null
  title: string
  person: Person
  /** Whether a host decides who comes in (and we are not that host). */
  asks: boolean
  recording: RecordingNotice
  joining: boolean
  error: WireError | null
  /** The person is about to join: pointer or focus is on the form. */
  onIntent(): void
  onJoin(name: string): void
}

const STARTING: ReadableStore<LocalMedia> = new Store<LocalMedia>({
  microphone: { status: 'starting' },
  camera: { status: 'starting' },
  screen: { status: 'off' },
})
const LONGEST_NAME = 80

/** Look at yourself, choose devices, say who you are, join. Nobody sees or hears us yet. */
export function GreenRoom({
  call,
  title,
  person,
  asks,
  recording,
  joining,
  error,
  onIntent,
  onJoin,
}: GreenRoomProps) {
  const local = useStore(call?.local ?? STARTING)
  const guest = person.kind === 'guest'
  const ready = useHydrated()
  const form = useRef<HTMLFormElement>(null)
  /** Null until the person types: the remembered name stands there, which may be known a moment later than the field. */
  const [typed, setTyped] = useState<string | null>(null)
  const name = typed ?? person.name
  const [missing, setMissing] = useState(false)
  // What was typed before React took the page over is not lost when it first renders again.
  useEffect(() => {
    const field = form.current?.elements.namedItem('name')
    if (field instanceof HTMLInputElement && field.value !== '') setTyped(field.value)
  }, [])

  const join = (event: FormEvent): void => {
    event.preventDefault()
    const given = name.trim()
    setMissing(given === '')
    if (given === '' || joining) return
    onJoin(given)
  }
  return (
    <main
      data-stage
      data-call-state={joining ? 'joining' : 'lobby'}
      className="min-h-dvh bg-stage px-[max(1rem,env(safe-area-inset-left))] pb-[max(1.5rem,env(safe-area-inset-bottom))] text-stage-ink"
    >
      <header className="mx-auto flex h-16 max-w-6xl items-center sm:h-20">
        <Logo />
      </header>
      <div className="mx-auto grid max-w-6xl items-start gap-x-14 gap-y-6 lg:gap-y-5 lg:min-h-[calc(100dvh-8rem)] lg:grid-cols-[minmax(0,1.9fr)_minmax(18rem,1fr)] lg:content-center">
        <div className="min-w-0 space-y-4">
          <Preview
            local={local}
            name={name}
            colourId={guest ? name : person.id}
            onToggle={(kind, on) =>
              void (kind === 'microphone' ? call?.setMicrophone(on) : call?.setCamera(on))
            }
          />
          <MediaProblems local={local} platform={platformOf(navigatorAgent(), touchPoints())} />
        </div>
        <form
          ref={form}
          onSubmit={join}
          onPointerEnter={onIntent}
          onFocus={onIntent}
          noValidate
          className="flex min-w-0 flex-col gap-6 lg:col-start-2 lg:row-span-2 lg:row-start-1 lg:self-center"
        >
          <div>
            <h1 className="text-2xl font-semibold [overflow-wrap:anywhere] sm:text-3xl">{title}</h1>
            <p className="mt-2 text-stage-ink-soft">
              {guest ? 'What should the others call you?' : <>You join as {person.name}.</>}
            </p>
          </div>
          {guest && (
            <TextField
              label="Your name"
              name="name"
              autoComplete="name"
              maxLength={LONGEST_NAME}
              value={name}
              error={missing ? 'Please give a name: the others see it.' : null}
              onChange={(event) => {
                setTyped(event.target.value)
                setMissing(false)
              }}
            />
          )}
          <RecordingNote recording={recording} />
          {error && <Banner tone="danger">{error.message}</Banner>}
          <div className="space-y-3">
            <Button
              type="submit"
              variant="primary"
              size="lg"
              loading={joining}
              disabled={!ready}
              className="w-full disabled:opacity-100"
            >
              {asks ? 'Ask to join' : 'Join now'}
            </Button>
            {asks && (
              <p className="text-center text-sm text-stage-ink-soft">Someone in the meeting lets you in.</p>
            )}
          </div>
          <p className="flex gap-2.5 text-xs text-stage-ink-soft">
            <Network aria-hidden className="mt-0.5 size-3.5 shrink-0" />
            Small calls run directly between browsers; others in the call can see your network address.
          </p>
        </form>
        <div className="min-w-0 lg:col-start-1 lg:row-start-2">
          <DeviceSelects call={call} microphoneOn={local.microphone.status === 'on'} />
        </div>
      </div>
    </main>
  )
}

/** Empty on the server, where no problem with a device is ever shown. */
const navigatorAgent = (): string => (typeof navigator === 'undefined' ? '' : navigator.userAgent)
const touchPoints = (): number => (typeof navigator === 'undefined' ? 0 : (navigator.maxTouchPoints ?? 0))
