import type { Metadata } from 'next'
import Link from 'next/link'
import { redirect } from 'next/navigation'
import { Door } from '#components/account/Door.tsx'
import { SignInForm } from '#components/account/SignInForm.tsx'
import { safeReturnPath } from '#lib/domain/safeReturnPath.ts'
import { currentUser } from '../session.ts'

export const metadata: Metadata = { title: 'Sign in' }

type SignInPageProps = { searchParams: Promise<Record<string, string | string[] | undefined>> }

export default async function SignInPage({ searchParams }: SignInPageProps) {
  const { next: asked } = await searchParams
  const next = safeReturnPath(typeof asked === 'string' ? asked : null)
  if (await currentUser()) redirect(next)
  return (
    <Door
      title="Welcome back"
      subtitle="Sign in to start and plan meetings."
      footer={
        <>
          New here?{' '}
          <Link
            href={`/sign-up?next=${encodeURIComponent(next)}`}
            className="font-medium text-accent-ink underline underline-offset-4"
          >
            Create an account
          </Link>
          . To join a meeting you only need its link.
        </>
      }
    >
      <SignInForm next={next} />
    </Door>
  )
}
