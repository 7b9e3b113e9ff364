import { joinClasses } from './joinClasses.ts'

export type ButtonVariant =
  | 'primary'
  | 'secondary'
  | 'ghost'
  | 'danger'
  | 'dangerGhost'
  | 'stage'
  | 'stageAccent'
  | 'stageDanger'
export type ButtonSize = 'sm' | 'md' | 'lg'

const VARIANTS: Record<ButtonVariant, string> = {
  primary: 'bg-accent text-on-accent shadow-1 hover:bg-accent-hover',
  secondary: 'border border-line bg-raised text-ink shadow-1 hover:bg-sunken',
  ghost: 'text-ink-soft hover:bg-sunken hover:text-ink',
  danger: 'bg-danger text-on-danger shadow-1 hover:bg-danger-hover',
  dangerGhost: 'text-danger-ink hover:bg-danger-soft',
  stage: 'bg-stage-control text-stage-ink hover:bg-stage-control-hover',
  stageAccent: 'bg-stage-accent text-stage-on-accent hover:brightness-110',
  stageDanger: 'bg-stage-danger text-stage-on-danger hover:bg-stage-danger-hover',
}

const SIZES: Record<ButtonSize, string> = {
  sm: 'h-8 gap-1.5 rounded-sm px-3 text-sm touch:h-11 touch:px-4',
  md: 'h-10 gap-2 rounded-md px-4 text-sm touch:h-11',
  lg: 'h-12 gap-2 rounded-md px-6 text-base',
}

const ICON_SIZES: Record<ButtonSize, string> = {
  sm: 'size-8 rounded-sm touch:size-11',
  md: 'size-10 rounded-md touch:size-11',
  lg: 'size-12 rounded-full',
}

const COMMON =
  'focus-ring inline-flex shrink-0 items-center justify-center font-medium whitespace-nowrap select-none ' +
  'transition-[background-color,color,border-color,filter,transform] active:scale-[0.985] ' +
  'disabled:pointer-events-none disabled:opacity-50 aria-disabled:opacity-60'

/** The look of a button, also for a link that acts like one: `<Link className={buttonClasses({…})}>`. */
export function buttonClasses(options: {
  variant?: ButtonVariant
  size?: ButtonSize
  icon?: boolean
  className?: string | undefined
}): string {
  const size = options.size ?? 'md'
  return joinClasses(
    COMMON,
    VARIANTS[options.variant ?? 'secondary'],
    options.icon ? ICON_SIZES[size] : SIZES[size],
    options.className,
  )
}
