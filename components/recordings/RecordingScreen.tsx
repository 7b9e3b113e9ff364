'use client'
import { Scissors, Share2, Trash2 } from 'lucide-react'
import { useRef, useState } from 'react'
import { goTo } from '#components/desk/goTo.ts'
import { LoadFailure } from '#components/desk/LoadFailure.tsx'
import { requestJson } from '#components/desk/requestJson.ts'
import { Banner } from '#components/ui/Banner.tsx'
import { Button } from '#components/ui/Button.tsx'
import type { RecordingView } from '#lib/protocol/recordings.ts'
import { ClipList } from './ClipList.tsx'
import { ClipPanel } from './ClipPanel.tsx'
import { DeleteRecordingDialog } from './DeleteRecordingDialog.tsx'
import { DownloadMenu } from './DownloadMenu.tsx'
import { FilmChoice } from './FilmChoice.tsx'
import { OwnTracks } from './OwnTracks.tsx'
import { playerSources } from './playerSources.ts'
import { RecordingHeading } from './RecordingHeading.tsx'
import { RecordingStage } from './RecordingStage.tsx'
import { RenameTitle } from './RenameTitle.tsx'
import { canBeDeleted, earlyEndWords } from './recordingWords.ts'
import { ShareDialog } from './sharing/ShareDialog.tsx'
import type { ClipMarks } from './Timeline.tsx'
import { TryAgain } from './TryAgain.tsx'
import { Unfinished } from './Unfinished.tsx'
import { useAccess } from './useAccess.ts'
import { useLookAgain } from './useLookAgain.ts'

const LOOK_AGAIN_MS = 2_500
/** What a clip is at first: so much from the beginning, until both ends are set. */
const FIRST_CLIP_MS = 30_000

type Answer = { readonly recording: RecordingView }

/** A recording for its owner: the film, and all that one may do with it. */
export function RecordingScreen({ first }: { first: RecordingView }) {
  const [recording, setRecording] = useState(first)
  const [film, setFilm] = useState<number>()
  const [dialog, setDialog] = useState<'share' | 'delete' | null>(null)
  const [clip, setClip] = useState<ClipMarks | null>(null)
  const [madeClip, setMadeClip] = useState<string | null>(null)
  const clipButton = useRef<HTMLButtonElement>(null)
  const [lost, setLost] = useState(false)
  const { id, state, files, title } = recording
  const path = `/api/recordings/${id}`
  const sources = playerSources(files, `${path}/files`, film)
  const access = useAccess(sources[0]?.url ?? null)

  const reload = async (): Promise<void> => {
    const answer = await requestJson<Answer>(path)
    if (answer.ok) setRecording(answer.value.recording)
    else if (answer.error.status === 404 || answer.error.status === 401) setLost(true)
  }
  useLookAgain(recording, LOOK_AGAIN_MS, () => void reload())

  const closeClip = (): void => {
    setClip(null)
    clipButton.current?.focus()
  }

  if (lost || access !== 'open') {
    const failure = { status: 404, message: 'This recording is no longer there for you.' }
    return (
      <LoadFailure
        failure={{ ...failure, field: null, needsPassword: false }}
        retry={() => goTo(`/recordings/${id}`)}
      />
    )
  }
  const finished = state === 'ready' && sources.length > 0
  const early = finished ? earlyEndWords(recording.stopReason) : null
  return (
    <>
      <RecordingHeading
        recording={recording}
        rename={
          <RenameTitle
            id={id}
            title={title}
            onRenamed={(renamed) => setRecording({ ...recording, title: renamed })}
          />
        }
        actions={
          <>
            {finished && (
              <>
                <Button variant="primary" onClick={() => setDialog('share')}>
                  <Share2 aria-hidden className="size-4" />
                  Share
                </Button>
                <DownloadMenu files={files.filter(({ kind }) => kind !== 'track')} path={`${path}/files`} />
                <Button
                  ref={clipButton}
                  aria-pressed={clip !== null}
                  onClick={() => setClip(clip ? null : firstClip(recording.durationMs))}
                >
                  <Scissors aria-hidden className="size-4" />
                  Clip
                </Button>
              </>
            )}
            {canBeDeleted(state) && (
              <Button variant="dangerGhost" onClick={() => setDialog('delete')}>
                <Trash2 aria-hidden className="size-4" />
                Delete
              </Button>
            )}
          </>
        }
      />
      {early && (
        <Banner tone="warning" className="mb-4">
          It ended early: {early}
        </Banner>
      )}
      {recording.gaveUp && (
        <Banner
          tone="warning"
          className="mb-4"
          action={<TryAgain id={id} onTriedAgain={() => void reload()} />}
        >
          Some of its files could not be made. What was recorded is still on the server.
        </Banner>
      )}
      {finished && <FilmChoice files={files} film={film} onChoose={setFilm} />}
      {finished ? (
        <RecordingStage
          recording={recording}
          sources={sources}
          filesPath={`${path}/files`}
          ownPath={path}
          onChanged={() => void reload()}
          clip={clip}
          tools={(control) =>
            clip && (
              <ClipPanel
                id={id}
                control={control}
                marks={clip}
                onMarks={setClip}
                onClose={closeClip}
                onMade={(fileId) => {
                  closeClip()
                  setMadeClip(fileId)
                  void reload()
                }}
              />
            )
          }
        />
      ) : (
        <Unfinished recording={recording} onTriedAgain={() => void reload()} />
      )}
      {finished && (
        <ClipList
          files={files}
          path={path}
          made={madeClip}
          onChanged={() => void reload()}
          onNone={() => clipButton.current?.focus()}
        />
      )}
      {state === 'ready' && <OwnTracks recording={recording} path={`${path}/files`} />}
      <ShareDialog
        id={id}
        open={dialog === 'share'}
        onOpenChange={(open) => setDialog(open ? 'share' : null)}
      />
      <DeleteRecordingDialog
        recording={recording}
        open={dialog === 'delete'}
        onOpenChange={(open) => setDialog(open ? 'delete' : null)}
        onDeleted={() => goTo('/recordings')}
      />
    </>
  )
}

const firstClip = (durationMs: number | null): ClipMarks => ({
  fromMs: 0,
  toMs: Math.min(FIRST_CLIP_MS, durationMs ?? FIRST_CLIP_MS),
})
