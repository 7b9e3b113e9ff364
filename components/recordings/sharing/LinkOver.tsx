import { MessagePage } from '#components/desk/MessagePage.tsx'
import { buttonClasses } from '#components/ui/buttonClasses.ts'

/** One page for a wrong, an expired and a revoked link: it tells nobody which recordings there are. */
export function LinkOver() {
  return (
    <MessagePage
      title="This link doesn’t work"
      action={
        <a href="/" className={buttonClasses({})}>
          Go to the start page
        </a>
      }
    >
      It may have expired, been taken back, or lost a letter on its way. Ask whoever sent it for a new one.
    </MessagePage>
  )
}
