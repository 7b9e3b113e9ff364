import { avatarTint, initials } from '#lib/domain/personMark.ts'
import { joinClasses } from './joinClasses.ts'

/** Written out, because Tailwind finds class names by reading them. */
const TINTS = [
  'avatar-tint-0',
  'avatar-tint-1',
  'avatar-tint-2',
  'avatar-tint-3',
  'avatar-tint-4',
  'avatar-tint-5',
  'avatar-tint-6',
  'avatar-tint-7',
] as const

const SIZES = {
  sm: 'size-7 text-xs',
  md: 'size-9 text-sm',
  lg: 'size-14 text-lg',
  xl: 'size-24 text-3xl',
  /** As large as a tile allows: the parent is a size container (`@container`). */
  tile: 'size-[clamp(2.5rem,34cqmin,9rem)] text-[clamp(1rem,12cqmin,3.25rem)]',
} as const

type AvatarProps = { id: string; name: string; size?: keyof typeof SIZES; className?: string }

/** A person without a picture: initials on a colour of their own. Their name stands beside it, so it is decoration. */
export function Avatar({ id, name, size = 'md', className }: AvatarProps) {
  return (
    <span
      aria-hidden
      className={joinClasses(
        'inline-flex shrink-0 items-center justify-center rounded-full font-semibold tracking-tight select-none',
        TINTS[avatarTint(id, TINTS.length)],
        SIZES[size],
        className,
      )}
    >
      {initials(name)}
    </span>
  )
}
