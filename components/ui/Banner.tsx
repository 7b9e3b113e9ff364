import { CircleAlert, Info, TriangleAlert } from 'lucide-react'
import type { ReactNode } from 'react'
import { joinClasses } from './joinClasses.ts'

const TONES = {
  info: { className: 'bg-accent-soft text-accent-ink', Icon: Info, role: 'status' },
  warning: { className: 'bg-warning-soft text-warning-ink', Icon: TriangleAlert, role: 'status' },
  danger: { className: 'bg-danger-soft text-danger-ink', Icon: CircleAlert, role: 'alert' },
} as const

type BannerProps = { tone?: keyof typeof TONES; children: ReactNode; action?: ReactNode; className?: string }

/** Something about this page that the person should know; read out when it appears. */
export function Banner({ tone = 'info', children, action, className }: BannerProps) {
  const { className: colours, Icon, role } = TONES[tone]
  return (
    <div
      role={role}
      className={joinClasses(
        'flex gap-3 rounded-md px-4 py-3 text-sm',
        action ? 'items-center' : 'items-start',
        colours,
        className,
      )}
    >
      <Icon aria-hidden className={joinClasses('size-4 shrink-0', !action && 'mt-0.5')} />
      <div className="min-w-0 flex-1">{children}</div>
      {action}
    </div>
  )
}
