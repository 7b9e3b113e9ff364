'use client'
import { useMemo, useState } from 'react'
import { Tabs } from '#components/ui/Tabs.tsx'
import type { RecordingView } from '#lib/protocol/recordings.ts'
import { ChatColumn } from './ChatColumn.tsx'
import type { PlayerControl } from './player/PlayerControl.ts'
import type { CaptionTrack } from './transcript/CaptionTrack.ts'
import { TranscriptPanel } from './transcript/TranscriptPanel.tsx'

type Tab = 'chat' | 'transcript'

type SideColumnProps = {
  recording: RecordingView
  control: PlayerControl
  captions: CaptionTrack
  /** There is a transcript. */
  transcribed: boolean
  transcriptPath: string | null
  onChanged(): void
}

/** What was written and what was said. Without a transcript, and for who cannot add one, there is the chat alone. */
export function SideColumn(props: SideColumnProps) {
  const { recording, control, captions, transcribed, transcriptPath, onChanged } = props
  const { events, chat } = recording
  const [tab, setTab] = useState<Tab>(transcribed ? 'transcript' : 'chat')
  const ids = useMemo(() => new Map(events.map(({ name, participantId }) => [name, participantId])), [events])
  const shown = { control, idOf: (name: string) => ids.get(name) ?? name }
  const hasTabs = transcribed || transcriptPath !== null
  const chatColumn = <ChatColumn {...shown} messages={chat} titled={!hasTabs} />
  if (!hasTabs) return chatColumn
  const transcript = (
    <TranscriptPanel
      {...shown}
      captions={captions}
      events={events}
      path={transcriptPath}
      onChanged={onChanged}
    />
  )
  return (
    <Tabs<Tab>
      label="Beside the film"
      value={tab}
      onChange={setTab}
      tabs={[
        { value: 'chat', label: 'Chat', content: chatColumn },
        { value: 'transcript', label: 'Transcript', content: transcript },
      ]}
      className="min-h-0 flex-1"
    />
  )
}
