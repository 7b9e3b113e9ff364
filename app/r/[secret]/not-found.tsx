import { LinkOver } from '#components/recordings/sharing/LinkOver.tsx'

export default function SharedNotFound() {
  return <LinkOver />
}
