import { useId, useState } from 'react'
import { Button } from '#components/ui/Button.tsx'
import { Dialog } from '#components/ui/Dialog.tsx'
import { Switch } from '#components/ui/Switch.tsx'
import type { RecordingKind } from '#lib/protocol/recordings.ts'
import { useCall } from './CallContext.tsx'

const KINDS: readonly { readonly kind: RecordingKind; readonly label: string; readonly hint: string }[] = [
  { kind: 'server', label: 'On the server', hint: 'Goes on whoever leaves, and costs your device nothing.' },
  {
    kind: 'local',
    label: 'On this device',
    hint: 'Your browser records and uploads as it goes. Keep this tab open: it ends when you leave.',
  },
  {
    kind: 'device',
    label: 'Keep it on this device only',
    hint: 'Nothing is uploaded: when it stops you save a file here, and there is nothing to watch under Recordings.',
  },
]
const NO_SERVER =
  'Not available: no recorder is running on this server, all of them are busy, or it has no room for recordings.'
const COPY =
  'Your browser records as well, and you save the file when it stops: for the day when something happens to the server.'
const TRACKS = 'Microphone and camera in full quality, recorded on the device of everyone who agrees.'
const NO_TRACKS = 'Not together with a recording that stays on this device: nothing is uploaded.'

type StartRecordingDialogProps = {
  open: boolean
  kinds: readonly RecordingKind[]
  mayKeepCopy: boolean
  onClose(): void
}

/** How the meeting is to be recorded. */
export function StartRecordingDialog({ open, kinds, mayKeepCopy, onClose }: StartRecordingDialogProps) {
  const call = useCall()
  const id = useId()
  const firstOffered = KINDS.find((one) => kinds.includes(one.kind))?.kind
  const [wanted, setWanted] = useState(firstOffered)
  const [wasOpen, setWasOpen] = useState(open)
  const [studio, setStudio] = useState(false)
  const [copy, setCopy] = useState(false)
  const [asks, setAsks] = useState(false)
  if (open !== wasOpen) {
    setWasOpen(open)
    // What stands chosen stays chosen: a recorder that comes meanwhile is offered, and takes nobody's choice over.
    if (open) setWanted(firstOffered)
  }
  // What was chosen may not be offered any more by now.
  const kind = wanted !== undefined && kinds.includes(wanted) ? wanted : firstOffered
  // The server is shown with the reason when it is missing; where nothing may be recorded there is nothing to choose.
  const choices =
    kinds.length > 0 ? KINDS.filter((one) => one.kind === 'server' || kinds.includes(one.kind)) : []
  // Own tracks would leave other people's devices.
  const tracks = kind !== 'device'
  // It is beside something.
  const copyable = mayKeepCopy && kind === 'server'
  const start = (): void => {
    if (kind === undefined) return
    void call.startRecording({
      kind,
      studio: studio && tracks,
      copy: copy && copyable,
      consent: asks ? 'asked' : 'told',
    })
    onClose()
  }
  return (
    <Dialog
      open={open}
      onOpenChange={(next) => !next && onClose()}
      title="Record this meeting?"
      description="Everyone here is told, and so is everyone who comes later, before they join."
      actions={
        <>
          <Button variant="secondary" onClick={onClose}>
            Cancel
          </Button>
          <Button variant="primary" disabled={kind === undefined} onClick={start}>
            Start recording
          </Button>
        </>
      }
    >
      <fieldset>
        <legend className="mb-1.5 text-sm font-medium text-ink">Where it is recorded</legend>
        <div className="space-y-2">
          {choices.map((one) => (
            <label
              key={one.kind}
              className="flex min-h-11 cursor-pointer items-center gap-3 rounded-md border border-line px-3 py-2 has-checked:border-accent has-checked:bg-accent-soft has-disabled:cursor-default has-disabled:bg-sunken"
            >
              <input
                type="radio"
                name="recording-kind"
                checked={one.kind === kind}
                disabled={!kinds.includes(one.kind)}
                onChange={() => setWanted(one.kind)}
                aria-labelledby={`${id}-${one.kind}`}
                aria-describedby={`${id}-${one.kind}-hint`}
                className="size-4 shrink-0 accent-accent"
              />
              <span className="min-w-0">
                <span id={`${id}-${one.kind}`} className="block text-sm font-medium text-ink">
                  {one.label}
                </span>
                <span id={`${id}-${one.kind}-hint`} className="block text-sm text-ink-soft">
                  {kinds.includes(one.kind) ? one.hint : NO_SERVER}
                </span>
              </span>
            </label>
          ))}
          {choices.length === 0 && (
            <p className="text-sm text-ink-soft">Nothing can be recorded at the moment.</p>
          )}
        </div>
      </fieldset>
      <div className="mt-4 space-y-4">
        {copyable && (
          <Switch
            label="Keep a copy on this device as well"
            hint={COPY}
            checked={copy}
            onChange={(event) => setCopy(event.target.checked)}
          />
        )}
        <Switch
          label="Also record each person’s own track (studio)"
          hint={tracks ? TRACKS : NO_TRACKS}
          checked={studio && tracks}
          disabled={!tracks}
          onChange={(event) => setStudio(event.target.checked)}
        />
        <Switch
          label="Ask everyone for consent first"
          hint="Nobody is seen or heard in the recording before they agree."
          checked={asks}
          onChange={(event) => setAsks(event.target.checked)}
        />
      </div>
    </Dialog>
  )
}
