'use client'
import { useState } from 'react'
import { requestJson } from '#components/desk/requestJson.ts'
import { useNow } from '#components/desk/useNow.ts'
import { useViewerZone } from '#components/desk/useViewerZone.ts'
import { dayIn } from '#components/meetings/meetingFields.ts'
import { Badge } from '#components/ui/Badge.tsx'
import { Button } from '#components/ui/Button.tsx'
import { showToast } from '#components/ui/showToast.ts'
import type { RecordingShareView } from '#lib/protocol/recordings.ts'
import { RecordedAt } from '../RecordedAt.tsx'

type ShareLinesProps = { path: string; shares: readonly RecordingShareView[]; onChanged(): void }

/** Which links there are; those that are over stay, so that one knows who had one. */
export function ShareLines({ path, shares, onChanged }: ShareLinesProps) {
  const now = useNow()
  if (shares.length === 0) return null
  return (
    <section aria-labelledby="links">
      <h3 id="links" className="text-sm font-semibold tracking-normal text-ink">
        Links
      </h3>
      <ul aria-labelledby="links" className="mt-2 divide-y divide-line border-y border-line">
        {shares.map((share) => (
          <ShareLine key={share.id} path={path} share={share} now={now} onChanged={onChanged} />
        ))}
      </ul>
    </section>
  )
}

const times = (count: number): string => (count === 1 ? 'once' : count === 2 ? 'twice' : `${count} times`)

/** "Watched 3 times, downloaded once". */
function usageWords({ watched, downloaded }: RecordingShareView): string {
  const said = [
    watched > 0 ? `watched ${times(watched)}` : null,
    downloaded > 0 ? `downloaded ${times(downloaded)}` : null,
  ].filter((words) => words !== null)
  const words = said.length === 0 ? 'not used yet' : said.join(', ')
  return words.charAt(0).toUpperCase() + words.slice(1)
}

/** "today at 14:05", or the day as well. */
function LastUsed({ at, now }: { at: string; now: Date | null }) {
  const timeZone = useViewerZone()
  if (timeZone === null || now === null) return <RecordedAt at={at} />
  if (dayIn(now, timeZone) !== dayIn(new Date(at), timeZone)) return <RecordedAt at={at} />
  const time = new Intl.DateTimeFormat(undefined, { timeZone, timeStyle: 'short' }).format(new Date(at))
  return (
    <time dateTime={at} className="whitespace-nowrap tabular-nums">
      today at {time}
    </time>
  )
}

type ShareLineProps = { path: string; share: RecordingShareView; now: Date | null; onChanged(): void }

function ShareLine({ path, share, now, onChanged }: ShareLineProps) {
  const [busy, setBusy] = useState(false)
  const expired = share.expiresAt !== null && now !== null && Date.parse(share.expiresAt) <= now.getTime()
  const over = share.revoked || expired
  const revoke = async (): Promise<void> => {
    setBusy(true)
    const revoked = await requestJson(`${path}/${share.id}`, { method: 'DELETE' })
    setBusy(false)
    if (!revoked.ok && revoked.error.status !== 404)
      return showToast(revoked.error.message, { tone: 'danger' })
    showToast(`The link for ${share.label} no longer works.`, { tone: 'success' })
    onChanged()
  }
  const facts = [
    share.download ? 'watch and download' : 'watch',
    share.hasPasscode ? 'with a passcode' : null,
  ]
  return (
    <li className="flex items-center gap-3 py-2.5">
      <div className="min-w-0 flex-1">
        <p className="flex items-center gap-2 text-sm font-medium text-ink">
          <span className="truncate">{share.label}</span>
          {over && <Badge>{share.revoked ? 'Revoked' : 'Expired'}</Badge>}
        </p>
        <p className="text-sm text-ink-soft">
          {facts.filter(Boolean).join(', ')}
          {!over && share.expiresAt && (
            <>
              , until <RecordedAt at={share.expiresAt} />
            </>
          )}
        </p>
        <p className="text-sm text-ink-soft">
          {usageWords(share)}
          {share.lastUsedAt !== null && (
            <>
              , last <LastUsed at={share.lastUsedAt} now={now} />
            </>
          )}
        </p>
      </div>
      {!over && (
        <Button
          size="sm"
          variant="dangerGhost"
          loading={busy}
          onClick={() => void revoke()}
          aria-label={`Revoke the link for ${share.label}`}
        >
          Revoke
        </Button>
      )}
    </li>
  )
}
