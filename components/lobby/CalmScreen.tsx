import type { ReactNode } from 'react'
import { Logo } from '#components/ui/Logo.tsx'

type CalmScreenProps = {
  icon?: ReactNode
  title: string
  text: ReactNode
  /** The one thing to do next, first. */
  actions?: ReactNode
  state?: string
  children?: ReactNode
}

/** One thing to read and one to do: the screens around a call. */
export function CalmScreen({ icon, title, text, actions, state, children }: CalmScreenProps) {
  return (
    <main
      data-stage
      data-call-state={state}
      className="flex min-h-dvh flex-col bg-stage px-6 pb-[max(1.5rem,env(safe-area-inset-bottom))] text-stage-ink"
    >
      <header className="mx-auto flex h-16 w-full max-w-6xl items-center sm:h-20">
        <Logo />
      </header>
      <div className="m-auto flex w-full max-w-md flex-col items-center py-10 text-center">
        {icon && (
          <div
            aria-hidden
            className="mb-7 grid size-20 place-items-center rounded-full bg-stage-raised text-stage-ink-soft [&_svg]:size-8"
          >
            {icon}
          </div>
        )}
        <h1 className="text-2xl font-semibold sm:text-3xl">{title}</h1>
        <p className="mt-3 text-stage-ink-soft">{text}</p>
        {actions && <div className="mt-8 flex w-full flex-col gap-3 sm:w-auto sm:flex-row">{actions}</div>}
        {children}
      </div>
    </main>
  )
}
