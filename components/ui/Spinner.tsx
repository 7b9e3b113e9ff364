import { joinClasses } from './joinClasses.ts'

/** Something is under way. Beside words it is decoration; alone, give it `label`. */
export function Spinner({ label, className }: { label?: string; className?: string }) {
  return (
    <span
      {...(label ? { role: 'status', 'aria-label': label } : { 'aria-hidden': true })}
      data-essential-motion
      className={joinClasses(
        'inline-block size-4 shrink-0 animate-spin rounded-full border-2 border-current border-r-transparent',
        className,
      )}
    />
  )
}
