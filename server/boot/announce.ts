import { database } from '#server/db.ts'
import type { RunningEnv } from '#server/env.ts'

/** Tells the person at the terminal where Parley is, and how to become its admin while nobody is. */
export async function announce({ PUBLIC_URL, PARLEY_SETUP_CODE }: RunningEnv): Promise<void> {
  const lines = ['', `  Parley is ready: ${PUBLIC_URL}`]
  const accounts = await database().user.count({ take: 1 })
  if (accounts === 0) {
    lines.push(
      '',
      '  Nobody has an account yet. The first one becomes the admin.',
      `  From another machine it needs this setup code: ${PARLEY_SETUP_CODE}`,
    )
  }
  process.stdout.write(`${lines.join('\n')}\n\n`)
}
