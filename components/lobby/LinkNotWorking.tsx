import { Link2Off } from 'lucide-react'
import { buttonClasses } from '#components/ui/buttonClasses.ts'
import { CalmScreen } from './CalmScreen.tsx'

/** The same for a wrong, a deleted and an ended meeting: it tells nobody which links exist. */
export function LinkNotWorking() {
  return (
    <CalmScreen
      icon={<Link2Off />}
      title="This meeting link doesn’t work"
      text="Check the link for missing letters. The meeting may also be over: ask for a new link."
      actions={
        <a href="/" className={buttonClasses({ variant: 'primary', size: 'lg' })}>
          To the start page
        </a>
      }
    />
  )
}
