import { useCall } from '#components/call/CallContext.tsx'
import { Select } from '#components/ui/Select.tsx'
import type { Room } from '#lib/call/callState.ts'
import type { MediaPolicy } from '#lib/protocol/events.ts'

const WORDS: readonly (readonly [MediaPolicy, string])[] = [
  ['automatic', 'Automatic'],
  ['direct', 'Direct only'],
  ['server', 'Through the server'],
]

/** The host's choice of how sound and picture travel. */
export function MediaPath({ room }: { room: Room }) {
  const call = useCall()
  const { mediaPolicy: chosen } = room.settings
  const choose = (wanted: string): void => {
    const found = WORDS.find(([policy]) => policy === wanted)
    if (found) void call.setMediaPolicy(found[0])
  }
  const unserved = chosen === 'server' && room.transport.kind === 'mesh'
  return (
    <Select
      label="Media path"
      hint={unserved ? 'The media server is not available. The call stays direct.' : undefined}
      value={chosen}
      onChange={(event) => choose(event.target.value)}
    >
      {WORDS.map(([policy, words]) => (
        <option key={policy} value={policy}>
          {words}
        </option>
      ))}
    </Select>
  )
}
