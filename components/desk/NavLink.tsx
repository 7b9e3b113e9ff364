'use client'
import Link from 'next/link'
import { usePathname } from 'next/navigation'
import type { ReactNode } from 'react'
import { joinClasses } from '#components/ui/joinClasses.ts'

/** A link of the header, marked while one is somewhere below the same first folder. */
export function NavLink({ href, exact, children }: { href: string; exact?: boolean; children: ReactNode }) {
  const pathname = usePathname() ?? ''
  const section = `/${href.split('/')[1] ?? ''}`
  const here = exact ? pathname === href : pathname === section || pathname.startsWith(`${section}/`)
  return (
    <Link
      href={href}
      aria-current={here ? (exact ? 'page' : 'true') : undefined}
      className={joinClasses(
        'focus-ring flex h-9 items-center rounded-sm px-3 text-sm font-medium transition-colors touch:h-11',
        here ? 'bg-sunken text-ink' : 'text-ink-soft hover:text-ink',
      )}
    >
      {children}
    </Link>
  )
}
