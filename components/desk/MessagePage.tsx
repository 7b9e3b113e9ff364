import type { ReactNode } from 'react'
import { Logo } from '#components/ui/Logo.tsx'

/** A page that has one thing to say and one thing to do. */
export function MessagePage({
  title,
  children,
  action,
}: {
  title: string
  children: ReactNode
  action: ReactNode
}) {
  return (
    <main className="flex min-h-dvh flex-col items-center justify-center bg-[radial-gradient(60rem_32rem_at_50%_0,var(--glow),transparent)] px-6 pt-10 pb-[16vh] text-center">
      <Logo wordmark={false} className="[&>svg]:size-12" />
      <h1 className="mt-8 text-3xl font-semibold text-ink">{title}</h1>
      <div className="mt-3 max-w-md text-ink-soft">{children}</div>
      <div className="mt-8">{action}</div>
    </main>
  )
}
