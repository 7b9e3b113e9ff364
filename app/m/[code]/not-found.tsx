import { LinkNotWorking } from '#components/lobby/LinkNotWorking.tsx'
import { Leftovers } from '#components/recordings/Leftovers.tsx'

export default function MeetingNotFound() {
  return (
    <>
      <LinkNotWorking />
      {/* A meeting that is over is found by nobody but its host: what others could not send yet is sent from here. */}
      <Leftovers />
    </>
  )
}
