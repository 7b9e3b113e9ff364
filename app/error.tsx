'use client'
import { MessagePage } from '#components/desk/MessagePage.tsx'
import { Button } from '#components/ui/Button.tsx'

/** A page could not be made. Why is in the server's log, under the digest shown here. */
export default function PageError({
  error,
  reset,
}: {
  error: Error & { digest?: string }
  reset: () => void
}) {
  return (
    <MessagePage
      title="This page did not load"
      action={
        <Button variant="primary" size="lg" onClick={reset}>
          Try again
        </Button>
      }
    >
      <p>
        The server had a problem, most likely a short one. Nothing you entered elsewhere is lost, and a call
        that is running goes on.
      </p>
      {error.digest && <p className="mt-3 text-sm">Reference for whoever runs this server: {error.digest}</p>}
    </MessagePage>
  )
}
