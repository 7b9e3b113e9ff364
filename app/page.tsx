import type { Metadata } from 'next'
import { redirect } from 'next/navigation'
import { Landing } from '#components/desk/Landing.tsx'
import { Leftovers } from '#components/recordings/Leftovers.tsx'
import { currentUser } from './session.ts'

export const metadata: Metadata = { robots: { index: true, follow: true } }

export default async function StartPage() {
  if (await currentUser()) redirect('/meetings')
  return (
    <>
      <Landing />
      <Leftovers />
    </>
  )
}
