import { z } from 'zod'
import { processSingleton } from '#server/processSingleton.ts'

const SAMPLE_SECRET = 'change-me-change-me-change-me-change-me'

const flag = z.enum(['0', '1', 'true', 'false']).transform((value) => value === '1' || value === 'true')
const secret = z
  .string()
  .min(32, 'must be at least 32 characters; delete the line and Parley makes its own')
  .refine(
    (value) => value !== SAMPLE_SECRET,
    'is the sample from .env.example; delete the line and Parley makes its own',
  )
const iceServers = z.array(
  z.object({
    urls: z.union([z.string(), z.array(z.string())]),
    username: z.string().optional(),
    credential: z.string().optional(),
  }),
)
const json = z.string().transform((text, context) => {
  try {
    return JSON.parse(text) as unknown
  } catch {
    context.addIssue({ code: 'custom', message: 'is not valid JSON' })
    return z.NEVER
  }
})

/** All configuration, from the environment, parsed once at boot. `.env.example` documents each line. */
const schema = z.object({
  NODE_ENV: z.enum(['production', 'development', 'test']).default('production'),
  PORT: z.coerce.number().int().min(0).max(65535).default(3000),
  /** Address to listen on; all addresses when unset. */
  HOST: z.string().optional(),
  /** What people type: scheme, host and port. Decides cookies, links, the allowed Origin and Host. */
  PUBLIC_URL: z
    .url({ protocol: /^https?$/, error: 'must be an address like https://meet.example.org' })
    .transform((url) => new URL(url).origin)
    .optional(),
  DATABASE_URL: z
    .url({ protocol: /^postgres(ql)?$/, error: 'must look like postgresql://user:password@host/database' })
    .optional(),
  /** Root of all keys (HKDF per kind); made in .data/ when unset. */
  AUTH_SECRET: secret.optional(),
  /** The former AUTH_SECRET: still verifies, signs nothing. */
  AUTH_SECRET_PREVIOUS: secret.optional(),
  /** How many reverse proxies of ours stand in front and append to X-Forwarded-For. */
  TRUSTED_PROXY_HOPS: z.coerce.number().int().min(0).max(10).default(0),
  ICE_SERVERS: json.pipe(iceServers).default([]),
  TURN_URLS: z
    .string()
    .transform((text) => text.split(/[\s,]+/).filter(Boolean))
    .default([]),
  /** coturn's static-auth-secret; credentials are made per participant and end within minutes. */
  TURN_SECRET: z.string().min(16).optional(),
  SESSION_TOKEN_MINUTES: z.coerce.number().int().min(1).max(1440).default(15),
  SESSION_IDLE_HOURS: z.coerce
    .number()
    .min(0.01)
    .max(24 * 90)
    .default(72),
  SESSION_ABSOLUTE_DAYS: z.coerce.number().min(0.001).max(365).default(30),
  MEETING_CAPACITY: z.coerce.number().int().min(2).max(500).default(12),
  /** How long a lost participant's seat is kept, in seconds. */
  SEAT_GRACE_SECONDS: z.coerce.number().int().min(1).max(600).default(20),
  /** Lets the first account, the admin, be made from another machine. Made in .data/ and logged when unset. */
  PARLEY_SETUP_CODE: z.string().min(8).optional(),
  /** Where secrets and the embedded database live, absolute or from the project folder. */
  PARLEY_DATA_DIR: z.string().default('.data'),
  SIGN_UP: z.enum(['open', 'closed']).default('open'),
  LOG_LEVEL: z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']).default('info'),
  LOG_PRETTY: flag.optional(),
})

export type Env = z.infer<typeof schema>

export class EnvError extends Error {}

/**
 * @param source process.env, or a test's own record
 * @throws EnvError that names each wrong variable and says what is wrong with it
 */
export function loadEnv(source: Readonly<Record<string, string | undefined>>): Env {
  const present = Object.fromEntries(
    Object.entries(source).filter(([, value]) => value !== undefined && value !== ''),
  )
  const parsed = schema.safeParse(present)
  if (parsed.success) return parsed.data
  const lines = parsed.error.issues.map((issue) => `  ${issue.path.join('.')} ${issue.message}`)
  throw new EnvError(`The configuration has errors:\n${lines.join('\n')}`)
}

/** What boot has filled in: from here on a secret and an address are always there. */
export type RunningEnv = Env & { readonly AUTH_SECRET: string; readonly PUBLIC_URL: string }

/**
 * The process's configuration. Boot hands in what it completed (`completed`) before anybody asks;
 * without boot (tests, scripts) it is read from process.env.
 *
 * @throws EnvError when AUTH_SECRET is missing, because nothing may run on a made-up key
 */
export function env(completed?: RunningEnv): RunningEnv {
  return processSingleton('env', () => {
    if (completed) return completed
    const read = loadEnv(process.env)
    const { AUTH_SECRET } = read
    if (AUTH_SECRET === undefined)
      throw new EnvError('AUTH_SECRET is not set. `npm start` makes one by itself.')
    return { ...read, AUTH_SECRET, PUBLIC_URL: read.PUBLIC_URL ?? `http://localhost:${read.PORT}` }
  })
}
