import { Banner } from '#components/ui/Banner.tsx'
import { Button } from '#components/ui/Button.tsx'
import { buttonClasses } from '#components/ui/buttonClasses.ts'
import type { RequestFailure } from './requestJson.ts'

/** Something could not be loaded: why, and the way to try again. */
export function LoadFailure({ failure, retry }: { failure: RequestFailure; retry: () => void }) {
  return (
    <Banner
      tone="danger"
      action={
        failure.status === 401 ? (
          <a href="/sign-in" className={buttonClasses({ size: 'sm' })}>
            Sign in
          </a>
        ) : (
          <Button size="sm" onClick={retry}>
            Try again
          </Button>
        )
      }
    >
      {failure.message}
    </Banner>
  )
}
