'use client'
import { type ReactNode, useMemo, useState } from 'react'
import { chaptersOf } from '#lib/domain/recordingTimeline.ts'
import type { RecordingView } from '#lib/protocol/recordings.ts'
import { ChapterList } from './ChapterList.tsx'
import { ChatColumn } from './ChatColumn.tsx'
import { Player, type PlayerSource } from './player/Player.tsx'
import { PlayerControl } from './player/PlayerControl.ts'
import { type ClipMarks, Timeline } from './Timeline.tsx'

type RecordingStageProps = {
  recording: RecordingView
  sources: readonly PlayerSource[]
  /** Where chapters are added and removed, for the owner. */
  chaptersPath: string | null
  onChanged(): void
  /** What its owner cuts out, drawn on the timeline. */
  clip?: ClipMarks | null
  /** Below the film, with the control of it. */
  tools?: (control: PlayerControl) => ReactNode
}

/** The film, its timeline below, chapters and chat beside: the same for its owner and for who has a link. */
export function RecordingStage(props: RecordingStageProps) {
  const { recording, sources, chaptersPath, onChanged, clip = null, tools } = props
  const [control] = useState(() => new PlayerControl(recording.durationMs ?? 0))
  const { events, chat } = recording
  const chapters = useMemo(() => chaptersOf(events), [events])
  const ids = useMemo(() => new Map(events.map(({ name, participantId }) => [name, participantId])), [events])
  return (
    <div className="grid gap-x-8 gap-y-8 lg:grid-cols-[minmax(0,1fr)_20rem]">
      <div className="min-w-0">
        <Player control={control} title={recording.title} sources={sources} chapters={chapters} />
        {tools?.(control)}
        <Timeline control={control} events={events} chapters={chapters} clip={clip} />
      </div>
      <div className="relative min-w-0">
        <div className="flex flex-col gap-7 lg:absolute lg:inset-0 lg:max-h-[max(100%,34rem)]">
          <ChapterList control={control} chapters={chapters} path={chaptersPath} onChanged={onChanged} />
          <ChatColumn control={control} messages={chat} idOf={(name) => ids.get(name) ?? name} />
        </div>
      </div>
    </div>
  )
}
