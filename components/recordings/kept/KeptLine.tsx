import { useState } from 'react'
import { Banner } from '#components/ui/Banner.tsx'
import { Button } from '#components/ui/Button.tsx'
import { Dialog } from '#components/ui/Dialog.tsx'
import type { KeptRecording } from '#lib/call/recording/kept/KeptRecordings.ts'
import { clockTime, fileSize } from '#lib/domain/clockTime.ts'
import { RecordedAt } from '../RecordedAt.tsx'
import { openKept, saveKept } from './saveKept.ts'

type KeptLineProps = { recording: KeptRecording; onSaved(): void; onChanged(): void }

const NOT_SAVED =
  'It could not be saved. It is still in this browser: make room, or choose another place, and try again.'
const NOT_DELETED = 'It could not be deleted. Please try again.'

/** One recording that is in this browser, and what can become of it. */
export function KeptLine({ recording, onSaved, onChanged }: KeptLineProps) {
  const { id, startedAt, seconds, bytes, copy } = recording
  const [busy, setBusy] = useState(false)
  const [downloaded, setDownloaded] = useState(false)
  const [asked, setAsked] = useState(false)
  const [error, setError] = useState<string | null>(null)

  const act = async (work: () => Promise<void>, otherwise: string): Promise<void> => {
    setBusy(true)
    setError(null)
    await work().catch(() => setError(otherwise))
    setBusy(false)
  }
  const save = async (): Promise<void> => {
    const how = await saveKept(recording)
    if (how === 'downloaded') setDownloaded(true)
    if (how !== 'saved') return
    onSaved()
    onChanged()
  }
  const remove = async (): Promise<void> => {
    await (await openKept())?.forget(id)
    if (downloaded) onSaved()
    onChanged()
  }
  return (
    <li>
      <p className="flex flex-wrap gap-x-2 text-sm text-ink-soft">
        <RecordedAt at={new Date(startedAt).toISOString()} />
        <span className="tabular-nums">
          · {clockTime(seconds * 1000)} · {fileSize(bytes)}
        </span>
      </p>
      <p className="mt-1 text-sm text-ink-soft" role="status">
        {downloaded && 'Your browser saves it now. When the file is there, delete the copy in this browser.'}
      </p>
      {error && <Banner tone="danger">{error}</Banner>}
      <div className="mt-3 flex flex-wrap gap-2">
        <Button variant="primary" size="sm" loading={busy} onClick={() => void act(save, NOT_SAVED)}>
          Save as a file
        </Button>
        <Button variant="dangerGhost" size="sm" disabled={busy} onClick={() => setAsked(true)}>
          Delete
        </Button>
      </div>
      <Dialog
        open={asked}
        onOpenChange={setAsked}
        title={downloaded || copy ? 'Delete the copy in this browser?' : 'Delete this recording?'}
        description={
          downloaded
            ? 'Make sure that the file is where your browser saves downloads, and can be played.'
            : copy
              ? 'What the server has recorded stays as it is. Look there first if you are not sure that it is whole.'
              : 'It is in this browser only, and nowhere else: deleted, it is gone for good.'
        }
        actions={
          <>
            <Button onClick={() => setAsked(false)}>Keep it</Button>
            <Button
              variant="danger"
              onClick={() => {
                setAsked(false)
                void act(remove, NOT_DELETED)
              }}
            >
              {copy ? 'Delete copy' : 'Delete recording'}
            </Button>
          </>
        }
      />
    </li>
  )
}
