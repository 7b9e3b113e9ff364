'use client'
import { MessagePage } from '#components/desk/MessagePage.tsx'
import { Button } from '#components/ui/Button.tsx'
import './globals.css'

/** Even the frame failed: this page brings its own. */
export default function GlobalError({ reset }: { error: Error; reset: () => void }) {
  return (
    <html lang="en">
      <body className="font-sans antialiased">
        <MessagePage
          title="Parley did not load"
          action={
            <Button variant="primary" size="lg" onClick={reset}>
              Try again
            </Button>
          }
        >
          The server had a problem. Wait a moment, then try again.
        </MessagePage>
      </body>
    </html>
  )
}
