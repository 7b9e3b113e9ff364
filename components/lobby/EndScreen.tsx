import { CircleSlash, DoorOpen, Hand, Unplug } from 'lucide-react'
import { Button } from '#components/ui/Button.tsx'
import { buttonClasses } from '#components/ui/buttonClasses.ts'
import type { CallState } from '#lib/call/callState.ts'
import { CalmScreen } from './CalmScreen.tsx'
import { endWords } from './endWords.ts'

type EndScreenProps = {
  state: Extract<CallState, { status: 'ended' | 'failed' }>
  code: string
  guest: boolean
  onRejoin(): void
}

const ICONS = { calm: <DoorOpen />, stopped: <CircleSlash />, trouble: <Unplug /> } as const

/** After a call, whichever way it ended. Links are plain: a whole page load leaves nothing of the call behind. */
export function EndScreen({ state, code, guest, onRejoin }: EndScreenProps) {
  const { title, text, action, mood } = endWords(state)
  const home = guest ? '/' : '/meetings'
  const homeWords = guest ? 'To the start page' : 'Back to meetings'
  const main = 'w-full sm:w-auto'
  return (
    <CalmScreen
      state={state.status}
      icon={state.status === 'ended' && state.reason === 'left' ? <Hand /> : ICONS[mood]}
      title={title}
      text={text}
      actions={
        <>
          {action === 'rejoin' && (
            <Button variant="primary" size="lg" className={main} onClick={onRejoin}>
              Rejoin
            </Button>
          )}
          {action === 'reload' && (
            <Button variant="primary" size="lg" className={main} onClick={() => window.location.reload()}>
              Reload
            </Button>
          )}
          {action === 'sign-in' && (
            <a
              href={`/sign-in?next=${encodeURIComponent(`/m/${code}`)}`}
              className={buttonClasses({ variant: 'primary', size: 'lg', className: main })}
            >
              Sign in
            </a>
          )}
          <a
            href={home}
            className={buttonClasses({
              variant: action === 'home' ? 'primary' : 'stage',
              size: 'lg',
              className: main,
            })}
          >
            {homeWords}
          </a>
        </>
      }
    />
  )
}
