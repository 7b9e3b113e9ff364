import type { ComponentProps, ReactNode } from 'react'
import { IconButton } from '#components/ui/IconButton.tsx'
import { joinClasses } from '#components/ui/joinClasses.ts'
import { Tooltip } from '#components/ui/Tooltip.tsx'

type BarButtonProps = ComponentProps<typeof IconButton> & {
  shortcut?: string | undefined
  /** A number to be noticed, such as unread messages. Its meaning is in `label`. */
  count?: number
  /** Makes a red button of a control that is off, or an accent one of a control that is on. */
  tone?: 'normal' | 'on' | 'off' | undefined
  children: ReactNode
}

const TONES = { normal: 'stage', on: 'stageAccent', off: 'stageDanger' } as const

/** One round control of the bar: at least 44 px, a tooltip with its shortcut, and a badge if there is news. */
export function BarButton({
  label,
  shortcut,
  count = 0,
  tone = 'normal',
  className,
  children,
  ...rest
}: BarButtonProps) {
  return (
    <Tooltip content={label} {...(shortcut ? { shortcut } : {})}>
      <IconButton
        label={label}
        variant={TONES[tone]}
        size="lg"
        className={joinClasses('relative max-sm:size-11', className)}
        {...rest}
      >
        {children}
        {count > 0 && <CountBadge count={count} />}
      </IconButton>
    </Tooltip>
  )
}

/** Drawn, not written: the button's description says what is counted. */
export function CountBadge({ count }: { count: number }) {
  return (
    <span
      aria-hidden
      data-count={count > 9 ? '9+' : count}
      className="absolute -top-1 -right-1 grid h-5 min-w-5 place-items-center rounded-full bg-stage-accent px-1 text-xs font-semibold text-stage-on-accent tabular-nums ring-2 ring-stage before:content-[attr(data-count)]"
    />
  )
}
