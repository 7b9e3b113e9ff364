import { postToNextAuth } from './nextAuth.ts'

/** Ends this session on the server and removes its cookie. @returns whether the server did so */
export async function signOut(): Promise<boolean> {
  try {
    return (await postToNextAuth('signout', {})).ok
  } catch {
    return false
  }
}
