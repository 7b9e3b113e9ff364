'use client'
import { LogOut, MonitorSmartphone, UserRound } from 'lucide-react'
import Link from 'next/link'
import { useState } from 'react'
import { signOut } from '#components/account/signOut.ts'
import { Avatar } from '#components/ui/Avatar.tsx'
import { Menu, MenuItem, MenuSeparator } from '#components/ui/Menu.tsx'
import { showToast } from '#components/ui/showToast.ts'
import { goTo } from './goTo.ts'

export function AccountMenu({ id, name, email }: { id: string; name: string; email: string }) {
  const [leaving, setLeaving] = useState(false)
  const leave = async (): Promise<void> => {
    if (leaving) return
    setLeaving(true)
    if (await signOut()) return goTo('/')
    setLeaving(false)
    showToast('You are still signed in: the server could not be reached.', { tone: 'danger' })
  }
  return (
    <Menu
      trigger={
        <button
          type="button"
          aria-label={`Account of ${name}`}
          className="focus-ring flex size-11 items-center justify-center rounded-full transition-opacity hover:opacity-85"
        >
          <Avatar id={id} name={name} />
        </button>
      }
    >
      <div className="max-w-72 px-2.5 py-2">
        <p className="truncate text-sm font-medium text-ink">{name}</p>
        <p className="truncate text-sm text-ink-soft">{email}</p>
      </div>
      <MenuSeparator />
      <MenuItem asChild>
        <Link href="/account">
          <UserRound aria-hidden className="size-4 text-ink-soft" />
          Account
        </Link>
      </MenuItem>
      <MenuItem asChild>
        <Link href="/account/sessions">
          <MonitorSmartphone aria-hidden className="size-4 text-ink-soft" />
          Sessions
        </Link>
      </MenuItem>
      <MenuSeparator />
      <MenuItem icon={<LogOut aria-hidden />} onSelect={() => void leave()}>
        Sign out
      </MenuItem>
    </Menu>
  )
}
