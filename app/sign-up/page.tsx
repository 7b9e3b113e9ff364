import type { Metadata } from 'next'
import { headers } from 'next/headers'
import Link from 'next/link'
import { redirect } from 'next/navigation'
import { Door } from '#components/account/Door.tsx'
import { SignUpForm } from '#components/account/SignUpForm.tsx'
import { safeReturnPath } from '#lib/domain/safeReturnPath.ts'
import { signUpTerms } from '#server/auth/signUp.ts'
import { isLocal } from '#server/http/internalHeaders.ts'
import { currentUser } from '../session.ts'

export const metadata: Metadata = { title: 'Create account' }

type SignUpPageProps = { searchParams: Promise<Record<string, string | string[] | undefined>> }

export default async function SignUpPage({ searchParams }: SignUpPageProps) {
  const { next: asked } = await searchParams
  const next = safeReturnPath(typeof asked === 'string' ? asked : null)
  if (await currentUser()) redirect(next)
  // Known when the page arrives, so that nothing moves when it is.
  const terms = await signUpTerms(isLocal(await headers()))
  return (
    <Door
      title="Create your account"
      subtitle="Then start a meeting and send its link."
      footer={
        <>
          Been here before?{' '}
          <Link
            href={`/sign-in?next=${encodeURIComponent(next)}`}
            className="font-medium text-accent-ink underline underline-offset-4"
          >
            Sign in
          </Link>
        </>
      }
    >
      <SignUpForm next={next} terms={terms} />
    </Door>
  )
}
