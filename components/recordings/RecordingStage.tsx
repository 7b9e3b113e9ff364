'use client'
import { type ReactNode, useMemo, useState } from 'react'
import { chaptersOf } from '#lib/domain/recordingTimeline.ts'
import type { RecordingView } from '#lib/protocol/recordings.ts'
import { ChapterList } from './ChapterList.tsx'
import { GoingOn } from './player/GoingOn.tsx'
import { Player, type PlayerSource } from './player/Player.tsx'
import { PlayerControl } from './player/PlayerControl.ts'
import { SideColumn } from './SideColumn.tsx'
import { type ClipMarks, Timeline } from './Timeline.tsx'
import { CaptionTrack } from './transcript/CaptionTrack.ts'

type RecordingStageProps = {
  recording: RecordingView
  sources: readonly PlayerSource[]
  /** The folder that its files are below. */
  filesPath: string
  /** Of the recording, below which its owner adds to it and takes away; null for everybody else. */
  ownPath: string | null
  onChanged(): void
  /** What its owner cuts out, drawn on the timeline. */
  clip?: ClipMarks | null
  /** Below the film, with the control of it. */
  tools?: (control: PlayerControl) => ReactNode
}

/** The film, its timeline below, chapters, chat and transcript beside: the same for its owner and for who has a link. */
export function RecordingStage(props: RecordingStageProps) {
  const { recording, sources, filesPath, ownPath, onChanged, clip = null, tools } = props
  const [control] = useState(() => new PlayerControl(recording.durationMs ?? 0))
  const [captions] = useState(() => new CaptionTrack())
  const { events, files } = recording
  const transcript = files.find(({ kind }) => kind === 'transcript')
  const chapters = useMemo(() => chaptersOf(events), [events])
  return (
    <div className="grid gap-x-8 gap-y-8 lg:grid-cols-[minmax(0,1fr)_20rem]">
      <div className="min-w-0">
        <Player
          // Another film is another element, which goes on where the former one stood.
          key={sources[0]?.url}
          control={control}
          title={recording.title}
          sources={sources}
          chapters={chapters}
          captions={captions}
          captionsUrl={transcript ? `${filesPath}/${transcript.id}` : null}
          mayDownload={recording.mayDownload}
        />
        <GoingOn control={control} id={recording.id} />
        {tools?.(control)}
        <Timeline control={control} events={events} chapters={chapters} clip={clip} />
      </div>
      <div className="relative min-w-0">
        <div className="flex flex-col gap-7 lg:absolute lg:inset-0 lg:max-h-[max(100%,34rem)]">
          <ChapterList
            control={control}
            chapters={chapters}
            path={ownPath && `${ownPath}/chapters`}
            onChanged={onChanged}
          />
          <SideColumn
            recording={recording}
            control={control}
            captions={captions}
            transcribed={transcript !== undefined}
            transcriptPath={ownPath && `${ownPath}/transcript`}
            onChanged={onChanged}
          />
        </div>
      </div>
    </div>
  )
}
