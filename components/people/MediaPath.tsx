import { useCall } from '#components/call/CallContext.tsx'
import { Select } from '#components/ui/Select.tsx'
import type { Room } from '#lib/call/callState.ts'
import { mediaPolicy } from '#lib/protocol/events.ts'

const WORDS = {
  automatic: 'Automatic',
  direct: 'Direct only',
  server: 'Through the server',
} as const

/** The host's choice of how sound and picture travel. */
export function MediaPath({ room }: { room: Room }) {
  const call = useCall()
  const { mediaPolicy: chosen } = room.settings
  const unserved = chosen === 'server' && room.transport.kind === 'mesh'
  return (
    <Select
      label="Media path"
      hint={unserved ? 'The media server is not available. The call stays direct.' : undefined}
      value={chosen}
      onChange={(event) => void call.setMediaPolicy(mediaPolicy.parse(event.target.value))}
    >
      {mediaPolicy.options.map((policy) => (
        <option key={policy} value={policy}>
          {WORDS[policy]}
        </option>
      ))}
    </Select>
  )
}
