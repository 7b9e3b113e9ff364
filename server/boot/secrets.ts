import { randomBytes } from 'node:crypto'
import { chmodSync, existsSync, mkdirSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { z } from 'zod'
import { BootError } from './BootError.ts'

const schema = z.strictObject({
  AUTH_SECRET: z.string().min(32),
  /** Needed for the first account when it is made from another machine. */
  PARLEY_SETUP_CODE: z.string().min(8),
})

export type Secrets = z.infer<typeof schema>

/** Makes the data folder, for us alone. @throws BootError when it cannot be written to */
export function prepareDataFolder(folder: string): void {
  try {
    if (!existsSync(folder)) mkdirSync(folder, { recursive: true, mode: 0o700 })
    const probe = path.join(folder, `.probe-${process.pid}`)
    writeFileSync(probe, 'x', { mode: 0o600 })
    renameSync(probe, path.join(folder, '.probe'))
  } catch (error) {
    throw unwritable(folder, error)
  }
  const { mode } = statSync(folder)
  // Passing through (0o011) is what PostgreSQL's account needs when we are root; reading and writing is not.
  if ((mode & 0o066) !== 0) chmodSync(folder, 0o700)
}

/**
 * Reads `secrets.json`, or makes it with fresh random values.
 *
 * @throws BootError when others can read the file, or when what it holds is no secret: it is never repaired silently,
 * because a new secret signs everybody out
 */
export function loadSecrets(folder: string): Secrets {
  const file = path.join(folder, 'secrets.json')
  if (!existsSync(file)) return writeSecrets(file)
  const { mode } = statSync(file)
  if ((mode & 0o077) !== 0) {
    throw new BootError(
      `${file} can be read by others (mode ${(mode & 0o777).toString(8)}). Whoever read it can sign in as anybody.\n` +
        'If only you had access: chmod 600 it. Otherwise delete it; a new one is made and everybody signs in again.',
    )
  }
  const parsed = schema.safeParse(parseJson(readFileSync(file, 'utf8')))
  if (parsed.success) return parsed.data
  const wrong = parsed.error.issues.map(({ path: at, message }) => `  ${at.join('.')} ${message}`)
  throw new BootError(
    `${file} is damaged:\n${wrong.join('\n')}\nRestore it, or delete it; everybody then signs in again.`,
  )
}

function writeSecrets(file: string): Secrets {
  const secrets = {
    AUTH_SECRET: randomBytes(48).toString('base64url'),
    PARLEY_SETUP_CODE: randomBytes(12).toString('hex'),
  }
  try {
    // Renamed when complete, so that a full disk or a kill leaves no half a secret behind.
    const fresh = `${file}.${process.pid}`
    writeFileSync(fresh, `${JSON.stringify(secrets, null, 2)}\n`, { mode: 0o600 })
    renameSync(fresh, file)
  } catch (error) {
    throw unwritable(path.dirname(file), error)
  }
  return secrets
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}

function unwritable(folder: string, error: unknown): BootError {
  const reason = error instanceof Error ? error.message : String(error)
  return new BootError(
    `Parley cannot write to its data folder ${folder}: ${reason}\n` +
      'It needs a folder of its own with free space. PARLEY_DATA_DIR names another one.',
  )
}
