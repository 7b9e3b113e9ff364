'use client'
import { useEffect, useState } from 'react'
import { requestJson } from '#components/desk/requestJson.ts'
import { SkipLink } from '#components/desk/SkipLink.tsx'
import { Logo } from '#components/ui/Logo.tsx'
import type { RecordingView } from '#lib/protocol/recordings.ts'
import { DownloadMenu } from '../DownloadMenu.tsx'
import { FilmChoice } from '../FilmChoice.tsx'
import { OwnTracks } from '../OwnTracks.tsx'
import { playerSources } from '../playerSources.ts'
import { RecordingHeading } from '../RecordingHeading.tsx'
import { RecordingStage } from '../RecordingStage.tsx'
import { Unfinished } from '../Unfinished.tsx'
import { useAccess } from '../useAccess.ts'
import { useLookAgain } from '../useLookAgain.ts'

const LOOK_AGAIN_MS = 5_000

type SharedRecordingProps = {
  shareId: string
  first: RecordingView
  onOver(): void
  /** What the link was opened with has run out: it is to be opened again. */
  onClosed(): void
}

/** The recording for who has a link: to watch, and to take away if it says so. */
export function SharedRecording({ shareId, first, onOver, onClosed }: SharedRecordingProps) {
  const [recording, setRecording] = useState(first)
  const [film, setFilm] = useState<number>()
  const path = `/api/shared/${shareId}`
  const sources = playerSources(recording.files, `${path}/files`, film)
  const access = useAccess(sources[0]?.url ?? null)
  useEffect(() => {
    if (access === 'over') onOver()
    if (access === 'closed') onClosed()
  }, [access, onOver, onClosed])
  const reload = async (): Promise<void> => {
    const answer = await requestJson<{ recording: RecordingView }>(path)
    if (answer.ok) setRecording(answer.value.recording)
    else if (answer.error.status === 401) onClosed()
    else if (answer.error.status === 404 || answer.error.status === 410) onOver()
  }
  useLookAgain(recording, LOOK_AGAIN_MS, () => void reload())
  const finished = recording.state === 'ready' && sources.length > 0
  return (
    <div className="flex min-h-dvh flex-col">
      <SkipLink />
      <header className="border-b border-line">
        <div className="mx-auto flex h-16 max-w-6xl items-center px-4 sm:px-6">
          <a href="/" aria-label="Parley" className="focus-ring flex h-11 items-center rounded-sm">
            <Logo />
          </a>
        </div>
      </header>
      <main
        id="content"
        tabIndex={-1}
        className="mx-auto w-full max-w-6xl flex-1 px-4 pt-8 pb-24 outline-none sm:px-6 sm:pt-10"
      >
        <RecordingHeading
          recording={recording}
          actions={
            finished && recording.mayDownload ? (
              <DownloadMenu
                files={recording.files.filter(({ kind }) => kind !== 'track')}
                path={`${path}/files`}
              />
            ) : undefined
          }
        />
        {finished && <FilmChoice files={recording.files} film={film} onChoose={setFilm} />}
        {finished ? (
          <RecordingStage
            recording={recording}
            sources={sources}
            filesPath={`${path}/files`}
            ownPath={null}
            onChanged={() => undefined}
          />
        ) : (
          <Unfinished recording={recording} />
        )}
        {finished && recording.mayDownload && <OwnTracks recording={recording} path={`${path}/files`} />}
      </main>
    </div>
  )
}
