import { X } from 'lucide-react'
import { useEffect, useState } from 'react'
import { Banner } from '#components/ui/Banner.tsx'
import { IconButton } from '#components/ui/IconButton.tsx'
import { joinClasses } from '#components/ui/joinClasses.ts'
import { keepsAnything } from '#lib/call/recording/keepsAnything.ts'
import type { KeptRecording } from '#lib/call/recording/kept/KeptRecordings.ts'
import { COPY_FOLDER, KEPT_FOLDER } from '#lib/call/recording/OwnRecording.ts'
import { KeptLine } from './KeptLine.tsx'
import { openKept } from './saveKept.ts'

type KeptRecordingsProps = {
  /** Of these, what this browser has. */
  ids: readonly string[]
  /** It can be put off until the next visit. */
  canBePutOff?: boolean
  className?: string
}

/**
 * Recordings that are in this browser, until the person has them as files or deletes them (REC-86, REC-87). Nothing
 * where there are none.
 */
export function KeptRecordings({ ids, canBePutOff = false, className }: KeptRecordingsProps) {
  const [found, setFound] = useState<readonly KeptRecording[]>([])
  const [saved, setSaved] = useState(false)
  const [failed, setFailed] = useState(false)
  const [putOff, setPutOff] = useState<readonly string[] | null>(null)
  const wanted = ids.join()

  const look = async (): Promise<void> => {
    const folders = [KEPT_FOLDER, COPY_FOLDER] as const
    // Most browsers keep nothing, some can keep nothing: neither needs what reads and saves it.
    const any = await keepsAnything(navigator.storage, folders).catch(() => false)
    const all = (any && (await (await openKept())?.list())) || []
    const ours = all.filter(({ id }) => ids.includes(id))
    if (ours.length > 0 || found.length > 0) setFound(ours)
  }
  // biome-ignore lint/correctness/useExhaustiveDependencies: `look` is new at each render, and `ids` may be the same again
  useEffect(() => {
    if (wanted !== '') look().catch(() => setFailed(true))
  }, [wanted])

  if ((found.length === 0 && !saved && !failed) || putOff === ids) return null
  return (
    <section
      aria-label="Recordings on this device"
      className={joinClasses(
        'pointer-events-auto max-w-md rounded-lg border border-line bg-surface p-4 text-left text-ink shadow-2',
        className,
      )}
    >
      <div className="flex items-start justify-between gap-3">
        <p className="text-sm font-medium" role="status">
          {found.length > 0
            ? found.every(({ copy }) => copy)
              ? 'Your copy of a recording is in this browser'
              : 'A recording is in this browser only'
            : saved
              ? 'The recording is saved as a file'
              : 'Recordings on this device'}
        </p>
        {canBePutOff && (
          <IconButton label="Not now" size="sm" className="-mt-1.5 -mr-1.5" onClick={() => setPutOff(ids)}>
            <X aria-hidden className="size-4" />
          </IconButton>
        )}
      </div>
      {failed && <Banner tone="danger">What this browser keeps could not be read. Reload the page.</Banner>}
      <ul className="space-y-3">
        {found.map((recording) => (
          <KeptLine
            key={recording.id}
            recording={recording}
            onSaved={() => setSaved(true)}
            onChanged={() => void look().catch(() => setFailed(true))}
          />
        ))}
      </ul>
    </section>
  )
}
