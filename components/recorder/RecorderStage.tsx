import { useMemo, useRef } from 'react'
import { useCall } from '#components/call/CallContext.tsx'
import { FIRST_VIEW, stagedKey } from '#components/call/callView.ts'
import { RemoteAudio } from '#components/call/RemoteAudio.tsx'
import { Stage } from '#components/call/Stage.tsx'
import { stageTiles } from '#components/call/stageTiles.ts'
import type { TileActions } from '#components/call/TileMenu.tsx'
import { useSpeakerInFocus } from '#components/call/useSpeakerInFocus.ts'
import { useSpeakers } from '#components/call/useSpeakers.ts'
import { useStore } from '#components/call/useStore.ts'
import type { CallState } from '#lib/call/callState.ts'
import { mayBeRecorded } from '#lib/call/recording/recordedPeople.ts'
import { recordedTiles } from './recordedTiles.ts'

/** More people than this side by side and nobody's face is seen well: whoever speaks is large. */
const LARGEST_GALLERY = 9

type RecorderStageProps = { state: Extract<CallState, { status: 'inCall' }>; actions: TileActions }

/** What is recorded: the tiles as in a call, with their names, and nothing beside them. */
export function RecorderStage({ state, actions }: RecorderStageProps) {
  const call = useCall()
  const { room, media } = state
  const root = useRef<HTMLElement>(null)
  const local = useStore(call.local)
  const tracker = useSpeakers(call, root, room.self)
  const tiles = useMemo(
    () => recordedTiles(stageTiles(room, media, local), room.recording, room.self),
    [room, media, local],
  )
  const unheard = useMemo(() => {
    const ids = [...room.participants.keys()]
    return new Set(ids.filter((id) => !mayBeRecorded(room.recording, id)))
  }, [room])
  const crowd = tiles.length > LARGEST_GALLERY
  const speaker = useSpeakerInFocus(crowd, tracker, room.self)
  const staged = stagedKey({ ...FIRST_VIEW, layout: crowd ? 'stage' : 'auto' }, tiles, speaker)
  return (
    <main
      ref={root}
      aria-label="Recording"
      data-stage
      className="fixed inset-0 flex cursor-none bg-stage p-2 text-stage-ink"
    >
      <Stage
        tiles={tiles}
        staged={staged}
        pinned={null}
        page={0}
        onPage={() => undefined}
        mirror={false}
        silenced={NOBODY}
        tracker={tracker}
        actions={actions}
      />
      <RemoteAudio participants={media.participants} speaker={null} silenced={unheard} />
    </main>
  )
}

const NOBODY: ReadonlySet<never> = new Set<never>()
