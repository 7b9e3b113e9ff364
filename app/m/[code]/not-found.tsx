import { LinkNotWorking } from '#components/lobby/LinkNotWorking.tsx'

export default function MeetingNotFound() {
  return <LinkNotWorking />
}
