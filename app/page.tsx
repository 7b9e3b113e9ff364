import { redirect } from 'next/navigation'
import { Landing } from '#components/desk/Landing.tsx'
import { currentUser } from './session.ts'

export default async function StartPage() {
  if (await currentUser()) redirect('/meetings')
  return <Landing />
}
