import { joinClasses } from './joinClasses.ts'

/** Two speech bubbles that overlap: people talking. Takes the colour of the accent and of the text beside it. */
export function Logo({ wordmark = true, className }: { wordmark?: boolean; className?: string }) {
  return (
    <span className={joinClasses('inline-flex items-center gap-2.5 text-ink', className)}>
      <svg viewBox="0 0 32 32" className="size-7 shrink-0" aria-hidden="true" focusable="false">
        <path
          className="fill-accent"
          d="M11.5 4C6.25 4 2 7.9 2 12.75c0 2.6 1.2 4.9 3.15 6.5-.1 1.35-.6 2.6-1.45 3.6-.3.36-.03.9.43.86 2.2-.17 4.2-.9 5.75-2.2.53.08 1.07.12 1.62.12 5.25 0 9.5-3.97 9.5-8.88C21 7.9 16.75 4 11.5 4Z"
        />
        <path
          className="fill-current"
          fillOpacity="0.92"
          d="M23.2 10.6c.2.72.3 1.47.3 2.25 0 6.02-5.1 10.83-11.46 11.02C13.7 26.4 16.6 28 19.9 28c.5 0 .98-.04 1.46-.1 1.4 1.16 3.18 1.84 5.14 2 .46.03.74-.5.44-.86-.75-.9-1.2-2-1.3-3.2C27.7 24.4 29 22.2 30 19.6c1.1-3.9-2.2-8-6.8-9Z"
        />
      </svg>
      {wordmark && <span className="text-lg font-semibold tracking-tight">Parley</span>}
    </span>
  )
}
