import { z } from 'zod'
import { recordedCodec } from '#lib/protocol/recordings.ts'
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
const port = z.coerce.number().int().min(1).max(65535)
const address = z.union([z.ipv4(), z.ipv6()], { error: 'must be an IP address' })
/** 32 bytes in hexadecimal digits, as `openssl rand -hex 32` makes them. */
const key = z
  .string()
  .regex(/^[0-9a-f]{64}$/i, 'must be 64 hexadecimal digits; `openssl rand -hex 32` makes some')
  .transform((digits) => Buffer.from(digits, 'hex'))
const list = z.string().transform((text) => text.split(/[\s,]+/).filter(Boolean))
/** A node's private address; behind `#` the port on which it tells its metrics. */
const nodeUrl = z.url({ protocol: /^(https?|wss?)$/, error: 'must hold addresses like http://10.0.0.5:7880' })
const json = z.string().transform((text, context) => {
  try {
    return JSON.parse(text) as unknown
  } catch {
    context.addIssue({ code: 'custom', message: 'is not valid JSON' })
    return z.NEVER
  }
})

/** A variable of its own is named, whichever of the two is missing. */
function completeLiveKit(
  env: { LIVEKIT_URL: string[]; LIVEKIT_API_KEY?: string; LIVEKIT_API_SECRET?: string },
  context: z.RefinementCtx,
): void {
  if (env.LIVEKIT_URL.length === 0) return
  for (const name of ['LIVEKIT_API_KEY', 'LIVEKIT_API_SECRET'] as const) {
    if (env[name] === undefined)
      context.addIssue({ code: 'custom', path: [name], message: 'is needed with LIVEKIT_URL' })
  }
}

function completeS3(env: Partial<Record<(typeof S3_NEEDS)[number], string>>, context: z.RefinementCtx): void {
  if (S3_NEEDS.every((name) => env[name] === undefined)) return
  for (const name of S3_NEEDS) {
    if (env[name] === undefined)
      context.addIssue({ code: 'custom', path: [name], message: 'is needed with the other S3_ variables' })
  }
}
const S3_NEEDS = ['S3_ENDPOINT', 'S3_BUCKET', 'S3_ACCESS_KEY_ID', 'S3_SECRET_ACCESS_KEY'] as const

/** All configuration, from the environment, parsed once at boot. `.env.example` documents each line. */
const schema = z
  .object({
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
    /** Where other Parley processes over the same database reach this one; http://127.0.0.1:PORT when unset. */
    PARLEY_INTERNAL_URL: z
      .url({ protocol: /^https?$/, error: 'must be an address like http://10.0.0.3:3000' })
      .transform((url) => new URL(url).origin)
      .optional(),
    /** Root of all keys (HKDF per kind); made in .data/ when unset. */
    AUTH_SECRET: secret.optional(),
    /** The former AUTH_SECRET: still verifies, signs nothing. */
    AUTH_SECRET_PREVIOUS: secret.optional(),
    /** How many reverse proxies of ours stand in front and append to X-Forwarded-For. */
    TRUSTED_PROXY_HOPS: z.coerce.number().int().min(0).max(10).default(0),
    ICE_SERVERS: json.pipe(iceServers).default([]),
    TURN_URLS: list.default([]),
    /** coturn's static-auth-secret; credentials are made per participant and end within minutes. */
    TURN_SECRET: z.string().min(16).optional(),
    /** `auto`: the LiveKit named below, else one on this machine, else one that is built here; `off`: mesh alone. */
    SFU: z.enum(['auto', 'off']).default('auto'),
    /** LiveKit nodes that run elsewhere, by their private addresses. */
    LIVEKIT_URL: list.pipe(z.array(nodeUrl)).default([]),
    LIVEKIT_API_KEY: z.string().min(1).optional(),
    LIVEKIT_API_SECRET: z.string().min(32, 'must be at least 32 characters').optional(),
    /** The livekit-server to start, when it is neither on PATH nor in .bin/. */
    LIVEKIT_BIN: z.string().optional(),
    /** Where browsers reach the media of the node that runs here; found out when unset. */
    SFU_NODE_IP: address.optional(),
    /** 7882 and 7881 when unset, or the next free ones. */
    SFU_UDP_PORT: port.optional(),
    SFU_TCP_PORT: port.optional(),
    /** `npm run sfu` only: where its signalling and metrics listen, and the Redis through which nodes know each other. */
    SFU_BIND: address.default('127.0.0.1'),
    SFU_PORT: port.default(7880),
    SFU_METRICS_PORT: port.default(6789),
    REDIS_URL: z
      .url({ protocol: /^rediss?$/, error: 'must look like redis://:password@host:6379' })
      .optional(),
    /** `auto`: a recorder is started here when there is a Chromium; `off`: never. */
    RECORDER: z.enum(['auto', 'off']).default('auto'),
    /** Recordings at the same time on this machine; one for each 1.5 processors when unset. */
    RECORDER_PLACES: z.coerce.number().int().min(0).max(1000).optional(),
    /** The size of what is recorded on the server: fewer pixels take fewer processors (docs/RECORDING.md). */
    RECORDER_PICTURE: z.enum(['360p', '720p', '1080p']).default('720p'),
    /** What it is encoded as: films of VP8 and VP9 are there as WebM and MP4, of H.264 as MP4. */
    RECORDER_CODEC: z.enum(['auto', ...recordedCodec.options]).default('auto'),
    /** The Chromium that records; the one on PATH when unset. */
    CHROMIUM_BIN: z.string().optional(),
    SESSION_TOKEN_MINUTES: z.coerce.number().int().min(1).max(1440).default(15),
    SESSION_IDLE_HOURS: z.coerce
      .number()
      .min(0.01)
      .max(24 * 90)
      .default(72),
    SESSION_ABSOLUTE_DAYS: z.coerce.number().min(0.001).max(365).default(30),
    /** People in one meeting. */
    MEETING_CAPACITY: z.coerce.number().int().min(2).max(500).default(100),
    /** The same without an SFU, and in meetings that are direct only. */
    MESH_CAPACITY: z.coerce.number().int().min(2).max(500).default(12),
    /** Above so many people a meeting goes over the SFU, if there is one. */
    MESH_PEOPLE: z.coerce.number().int().min(1).max(8).default(4),
    /** How long a meeting that could do without the SFU stays on it, in seconds. */
    SFU_CALM_SECONDS: z.coerce.number().int().min(1).max(86_400).default(60),
    /** Up to so many people hold a silent place on a second media node, where there is one; 0 for none. */
    SFU_STANDBY_PEOPLE: z.coerce.number().int().min(0).max(100).default(16),
    /** How long a lost participant's seat is kept, in seconds. */
    SEAT_GRACE_SECONDS: z.coerce.number().int().min(1).max(600).default(20),
    /** Lets the first account, the admin, be made from another machine. Made in .data/ and logged when unset. */
    PARLEY_SETUP_CODE: z.string().min(8).optional(),
    /** Where secrets and the embedded database live, absolute or from the project folder. */
    PARLEY_DATA_DIR: z.string().default('.data'),
    SIGN_UP: z.enum(['open', 'closed']).default('open'),
    /** What a meeting's own setting may be at most: `never`, `ask` (a host starts it) or `automatic`. */
    RECORDING: z.enum(['never', 'ask', 'automatic']).default('ask'),
    /** Absolute or from the project folder; `recordings` in PARLEY_DATA_DIR when unset. */
    RECORDINGS_DIR: z.string().optional(),
    /** A bucket instead of that folder. */
    S3_ENDPOINT: z
      .url({ protocol: /^https?$/, error: 'must be an address like https://s3.example.org' })
      .optional(),
    S3_BUCKET: z.string().min(3).max(63).optional(),
    S3_REGION: z.string().min(1).default('us-east-1'),
    S3_ACCESS_KEY_ID: z.string().min(1).optional(),
    S3_SECRET_ACCESS_KEY: z.string().min(1).optional(),
    /** `https://host/bucket/key`, as most servers but Amazon's want it. */
    S3_PATH_STYLE: flag.default(true),
    /** Master key: wraps a key of each recording's own. Recordings are stored as they are when unset. */
    RECORDINGS_KEY: key.optional(),
    /** The former RECORDINGS_KEY: opens what it wrapped, until that is wrapped anew. */
    RECORDINGS_KEY_PREVIOUS: key.optional(),
    /** A recording is deleted after so many days; kept for ever when unset. */
    RECORDINGS_KEEP_DAYS: z.coerce.number().int().min(1).max(3650).optional(),
    /** All recordings together; as much as there is when unset. */
    RECORDINGS_QUOTA_GB: z.coerce.number().positive().max(1_000_000).optional(),
    /** What recordings leave free on their disk. */
    RECORDINGS_MIN_FREE_GB: z.coerce.number().min(0).max(1_000_000).default(1),
    LOG_LEVEL: z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']).default('info'),
    LOG_PRETTY: flag.optional(),
  })
  .superRefine(completeLiveKit)
  .superRefine(completeS3)

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
