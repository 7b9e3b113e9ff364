import type { Metadata } from 'next'
import Link from 'next/link'
import { MessagePage } from '#components/desk/MessagePage.tsx'
import { buttonClasses } from '#components/ui/buttonClasses.ts'

export const metadata: Metadata = { title: 'Not found' }

export default function NotFound() {
  return (
    <MessagePage
      title="There is nothing here"
      action={
        <Link href="/" className={buttonClasses({ variant: 'primary', size: 'lg' })}>
          To the start page
        </Link>
      }
    >
      The address may be mistyped, or what was here is gone. If somebody sent you a meeting link, ask them for
      it again.
    </MessagePage>
  )
}
