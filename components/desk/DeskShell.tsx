import Link from 'next/link'
import type { ReactNode } from 'react'
import { joinClasses } from '#components/ui/joinClasses.ts'
import { Logo } from '#components/ui/Logo.tsx'
import { AccountMenu } from './AccountMenu.tsx'
import { NavLink } from './NavLink.tsx'
import { SkipLink } from './SkipLink.tsx'

export type DeskUser = {
  readonly userId: string
  readonly name: string
  readonly email: string
  readonly admin: boolean
}

type DeskShellProps = { user: DeskUser; width?: 'narrow' | 'normal' | 'wide'; children: ReactNode }

const WIDTHS = { narrow: 'max-w-2xl', normal: 'max-w-5xl', wide: 'max-w-6xl' } as const

/** The frame of every page for people who are signed in: who and where one is, then the page. */
export function DeskShell({ user, width = 'normal', children }: DeskShellProps) {
  return (
    <div className="flex min-h-dvh flex-col">
      <SkipLink />
      <header className="sticky top-0 z-30 border-b border-line bg-paper/90 backdrop-blur-md">
        <div className="mx-auto flex h-16 max-w-6xl items-center gap-2 px-4 sm:gap-6 sm:px-6">
          <Link
            href="/meetings"
            aria-label="Parley, your meetings"
            className="focus-ring flex h-11 items-center rounded-sm"
          >
            <Logo className="max-[479px]:[&>span]:hidden" />
          </Link>
          <nav aria-label="Main" className="flex min-w-0 flex-1 items-center gap-1">
            <NavLink href="/meetings">Meetings</NavLink>
            <NavLink href="/recordings">Recordings</NavLink>
            {user.admin && <NavLink href="/admin/users">Admin</NavLink>}
          </nav>
          <AccountMenu id={user.userId} name={user.name} email={user.email} />
        </div>
      </header>
      <main
        id="content"
        tabIndex={-1}
        className={joinClasses(
          'mx-auto w-full flex-1 px-4 pt-8 pb-24 outline-none sm:px-6 sm:pt-12',
          WIDTHS[width],
        )}
      >
        {children}
      </main>
    </div>
  )
}
