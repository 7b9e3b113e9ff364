import { Link2, Server, ShieldCheck } from 'lucide-react'
import Link from 'next/link'
import { JoinByLink } from '#components/meetings/JoinByLink.tsx'
import { buttonClasses } from '#components/ui/buttonClasses.ts'
import { Logo } from '#components/ui/Logo.tsx'
import { CallPicture } from './CallPicture.tsx'
import { SkipLink } from './SkipLink.tsx'

const PROMISES = [
  {
    Icon: Link2,
    title: 'A link is enough',
    text: 'Whoever has it opens it and talks. No app, no account, nothing to install.',
  },
  {
    Icon: ShieldCheck,
    title: 'Between you and them',
    text: 'In small meetings, sound and picture go straight from person to person, encrypted.',
  },
  {
    Icon: Server,
    title: 'Your own house',
    text: 'Open source, on a machine of yours, up with one command. Nobody else keeps your calendar.',
  },
] as const

/** What Parley is, for who has never seen it, and the way in for who has a link. */
export function Landing() {
  return (
    <div className="flex min-h-dvh flex-col overflow-x-clip bg-[radial-gradient(72rem_40rem_at_72%_-6rem,var(--glow),transparent)]">
      <SkipLink />
      <header className="mx-auto flex h-20 w-full max-w-7xl items-center justify-between px-5 sm:px-8">
        <Logo />
        <Link href="/sign-in" className={buttonClasses({ variant: 'ghost' })}>
          Sign in
        </Link>
      </header>
      <main
        id="content"
        tabIndex={-1}
        className="mx-auto w-full max-w-7xl flex-1 px-5 pb-20 outline-none sm:px-8"
      >
        <section className="grid grid-cols-[minmax(0,1fr)] items-center gap-x-16 gap-y-14 pt-8 pb-16 sm:pt-14 lg:grid-cols-[minmax(0,1fr)_minmax(0,1.1fr)] lg:pt-[9vh] lg:pb-24">
          <div className="max-w-xl">
            {/* Two lines in the system's font as well, which is a fifth wider than the page's own: three would move all below. */}
            <h1 className="text-[clamp(1.6rem,calc(9.5vw-0.24rem),2.5rem)] leading-[1.05] font-semibold tracking-[-0.035em] text-ink sm:text-[3.3rem] md:text-6xl md:whitespace-nowrap lg:text-[2.9rem] xl:text-[3.3rem]">
              <span className="block">Meet face to face.</span>{' '}
              <span className="block">On your own terms.</span>
            </h1>
            <p className="mt-6 text-lg text-ink-soft sm:text-xl">
              Parley is video meetings that you host yourself: start one, send the link, and talk.
            </p>
            <div className="mt-8 flex flex-wrap gap-3">
              <Link href="/sign-up" className={buttonClasses({ variant: 'primary', size: 'lg' })}>
                Create account
              </Link>
              <Link href="/sign-in" className={buttonClasses({ size: 'lg' })}>
                Sign in
              </Link>
            </div>
            <div className="mt-10 max-w-md border-t border-line pt-6">
              <JoinByLink />
            </div>
          </div>
          <CallPicture />
        </section>
        <ul className="grid gap-x-12 gap-y-8 border-t border-line pt-10 sm:grid-cols-3">
          {PROMISES.map(({ Icon, title, text }) => (
            <li key={title}>
              <Icon aria-hidden className="size-5 text-accent-ink" />
              <h2 className="mt-3 text-base font-semibold tracking-normal text-ink">{title}</h2>
              <p className="mt-1.5 text-ink-soft">{text}</p>
            </li>
          ))}
        </ul>
      </main>
    </div>
  )
}
