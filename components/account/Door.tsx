import Link from 'next/link'
import type { ReactNode } from 'react'
import { Logo } from '#components/ui/Logo.tsx'

type DoorProps = { title: string; subtitle: ReactNode; footer?: ReactNode; children: ReactNode }

/** The frame of sign-in and sign-up: one column, one thing to do. */
export function Door({ title, subtitle, footer, children }: DoorProps) {
  return (
    <div className="flex min-h-dvh flex-col bg-paper bg-[radial-gradient(60rem_32rem_at_50%_-8rem,var(--glow),transparent)]">
      <header className="mx-auto flex h-20 w-full max-w-6xl items-center px-5 sm:px-8">
        <Link
          href="/"
          aria-label="Parley, start page"
          className="focus-ring flex h-11 items-center rounded-sm"
        >
          <Logo />
        </Link>
      </header>
      <main className="mx-auto flex w-full max-w-[26rem] flex-1 flex-col px-5 pt-6 pb-20 sm:pt-[8vh]">
        <h1 className="text-3xl font-semibold text-ink">{title}</h1>
        <p className="mt-2 mb-8 text-ink-soft">{subtitle}</p>
        {children}
        {footer && <p className="mt-8 text-sm text-ink-soft">{footer}</p>}
      </main>
    </div>
  )
}
