'use client'
import { Ban, CircleCheck, Ellipsis, ShieldCheck, ShieldOff } from 'lucide-react'
import { LocalTime } from '#components/desk/LocalTime.tsx'
import { Avatar } from '#components/ui/Avatar.tsx'
import { Badge } from '#components/ui/Badge.tsx'
import { Button } from '#components/ui/Button.tsx'
import { IconButton } from '#components/ui/IconButton.tsx'
import { Menu, MenuItem } from '#components/ui/Menu.tsx'
import { TableCell } from '#components/ui/Table.tsx'

export type UserAction = 'disable' | 'enable' | 'promote' | 'demote' | 'revoke'

export type AdminUser = {
  readonly id: string
  readonly name: string
  readonly email: string
  readonly admin: boolean
  readonly disabled: boolean
  readonly createdAt: string
  readonly liveSessions: number
}

type UserLineProps = { user: AdminUser; own: boolean; busy: boolean; onAction(action: UserAction): void }

/** One account. "Revoke" ends all its sessions; the rest is in the menu. */
export function UserLine({ user, own, busy, onAction }: UserLineProps) {
  return (
    <tr>
      <TableCell>
        <span className="flex items-center gap-3">
          <Avatar id={user.id} name={user.name} className="max-sm:hidden" />
          <span className="min-w-0">
            <span className="flex flex-wrap items-center gap-x-2 gap-y-1 font-medium text-ink">
              {user.name}
              {own && <Badge>You</Badge>}
              {user.admin && <Badge tone="accent">Admin</Badge>}
              {user.disabled && <Badge tone="danger">Disabled</Badge>}
            </span>
            <span className="mt-0.5 block wrap-anywhere text-ink-soft">{user.email}</span>
          </span>
        </span>
      </TableCell>
      <TableCell wide className="text-ink-soft">
        <LocalTime at={user.createdAt} />
      </TableCell>
      <TableCell wide className="text-ink-soft tabular-nums">
        {user.liveSessions}
      </TableCell>
      <TableCell className="text-right">
        <span className="inline-flex items-center gap-1">
          <Button size="sm" variant="dangerGhost" loading={busy} onClick={() => onAction('revoke')}>
            Revoke
          </Button>
          {own ? (
            <span aria-hidden className="size-8 touch:size-11" />
          ) : (
            <UserMenu user={user} onAction={onAction} />
          )}
        </span>
      </TableCell>
    </tr>
  )
}

function UserMenu({ user, onAction }: Pick<UserLineProps, 'user' | 'onAction'>) {
  return (
    <Menu
      trigger={
        <IconButton label={`More for ${user.name}`} size="sm">
          <Ellipsis aria-hidden className="size-4" />
        </IconButton>
      }
    >
      {user.admin ? (
        <MenuItem icon={<ShieldOff aria-hidden />} onSelect={() => onAction('demote')}>
          Take admin rights away
        </MenuItem>
      ) : (
        <MenuItem icon={<ShieldCheck aria-hidden />} onSelect={() => onAction('promote')}>
          Make admin
        </MenuItem>
      )}
      {user.disabled ? (
        <MenuItem icon={<CircleCheck aria-hidden />} onSelect={() => onAction('enable')}>
          Enable account
        </MenuItem>
      ) : (
        <MenuItem icon={<Ban aria-hidden />} tone="danger" onSelect={() => onAction('disable')}>
          Disable account
        </MenuItem>
      )}
    </Menu>
  )
}
