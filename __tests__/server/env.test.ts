import { readFileSync } from 'node:fs'
import path from 'node:path'
import { EnvError, env, loadEnv } from '#server/env.ts'

const EXAMPLE = readFileSync(path.join(process.cwd(), '.env.example'), 'utf8')
const README = readFileSync(path.join(process.cwd(), 'README.md'), 'utf8')
const exampleLines = [...EXAMPLE.matchAll(/^#([A-Z][A-Z0-9_]+)=(.*)$/gm)].map(
  ([, name = '', value = '']) => ({
    name,
    value,
  }),
)

describe('configuration', () => {
  test('[BOOT-20] none is needed', () => {
    expect(loadEnv({})).toMatchObject({
      PORT: 3000,
      NODE_ENV: 'production',
      PARLEY_DATA_DIR: '.data',
      ICE_SERVERS: [],
    })
  })

  test.each([
    ['PORT', '70000'],
    ['PORT', 'http'],
    ['PUBLIC_URL', 'meet.example.org'],
    ['PUBLIC_URL', 'javascript:alert(1)'],
    ['PUBLIC_URL', 'ftp://meet.example.org'],
    ['DATABASE_URL', 'mysql://localhost/parley'],
    ['DATABASE_URL', 'postgres'],
    ['ICE_SERVERS', '[{"urls":'],
    ['ICE_SERVERS', '[{"url":"stun:stun.example.org"}]'],
    ['TRUSTED_PROXY_HOPS', '-1'],
    ['SESSION_TOKEN_MINUTES', '0'],
    ['SIGN_UP', 'maybe'],
    ['LOG_LEVEL', 'loud'],
    ['TURN_SECRET', 'short'],
    ['SFU', 'yes'],
    ['LIVEKIT_URL', '10.0.0.5:7880'],
    ['LIVEKIT_URL', 'redis://10.0.0.5'],
    ['LIVEKIT_API_SECRET', 'short'],
    ['SFU_NODE_IP', 'media.example.org'],
    ['SFU_UDP_PORT', '0'],
    ['SFU_PORT', '70000'],
    ['REDIS_URL', '10.0.0.2:6379'],
    ['RECORDER', 'yes'],
    ['RECORDER_PLACES', '-1'],
    ['RECORDER_PICTURE', '4k'],
    ['RECORDER_CODEC', 'av1'],
    ['RECORDING', 'always'],
    ['S3_ENDPOINT', 's3.example.org'],
    ['RECORDINGS_KEY', 'secret'],
    ['RECORDINGS_KEY', 'g'.repeat(64)],
    ['RECORDINGS_KEEP_DAYS', '0'],
    ['RECORDINGS_QUOTA_GB', '-1'],
    ['RECORDINGS_MIN_FREE_GB', 'much'],
  ])('[BOOT-21] %s=%s is refused by name', (name, value) => {
    expect(() => loadEnv({ [name]: value })).toThrow(EnvError)
    expect(() => loadEnv({ [name]: value })).toThrow(new RegExp(`^  ${name}\\b`, 'm'))
  })

  test.each(['LIVEKIT_API_KEY', 'LIVEKIT_API_SECRET'])(
    '[BOOT-21] LIVEKIT_URL without %s is refused by name',
    (name) => {
      const both = { LIVEKIT_API_KEY: 'parley', LIVEKIT_API_SECRET: 'x'.repeat(32) }
      const LIVEKIT_URL = 'http://10.0.0.5:7880, ws://10.0.0.6:7880#6790'
      expect(loadEnv({ ...both, LIVEKIT_URL }).LIVEKIT_URL).toEqual([
        'http://10.0.0.5:7880',
        'ws://10.0.0.6:7880#6790',
      ])
      expect(() => loadEnv({ ...both, LIVEKIT_URL, [name]: undefined })).toThrow(
        `${name} is needed with LIVEKIT_URL`,
      )
    },
  )

  test.each(['S3_ENDPOINT', 'S3_BUCKET', 'S3_ACCESS_KEY_ID', 'S3_SECRET_ACCESS_KEY'])(
    '[BOOT-21] a bucket without %s is refused by name',
    (name) => {
      const all = {
        S3_ENDPOINT: 'https://s3.example.org',
        S3_BUCKET: 'recordings',
        S3_ACCESS_KEY_ID: 'id',
        S3_SECRET_ACCESS_KEY: 'secret',
      }
      expect(loadEnv(all).S3_BUCKET).toBe('recordings')
      expect(() => loadEnv({ ...all, [name]: undefined })).toThrow(`${name} is needed`)
    },
  )

  test('[BOOT-21] every wrong value is named, not only the first, and no value is repeated', () => {
    const wrong = { PORT: '70000', AUTH_SECRET: 'short but secret' }
    const message = messageOf(() => loadEnv(wrong))
    expect(message).toMatch(/^ *PORT .*\n *AUTH_SECRET /m)
    expect(message).not.toContain(wrong.AUTH_SECRET)
  })

  test.each(['AUTH_SECRET', 'AUTH_SECRET_PREVIOUS'])('[AU-7] a sample or short %s is refused', (name) => {
    const sample = exampleLines.find((line) => line.name === 'AUTH_SECRET')?.value ?? ''
    expect(sample.length).toBeGreaterThanOrEqual(32)
    expect(() => loadEnv({ [name]: sample })).toThrow(`${name} is the sample`)
    expect(() => loadEnv({ [name]: 'x'.repeat(31) })).toThrow(`${name} must be at least 32`)
    expect(loadEnv({ [name]: 'x'.repeat(32) })).toMatchObject({ [name]: 'x'.repeat(32) })
  })

  test('[BOOT-22] an empty value counts as unset', () => {
    expect(loadEnv({ PORT: '', DATABASE_URL: '' })).toMatchObject({ PORT: 3000 })
  })

  test('[BOOT-22] of PUBLIC_URL only the origin counts', () => {
    expect(loadEnv({ PUBLIC_URL: 'https://meet.example.org/path?x' }).PUBLIC_URL).toBe(
      'https://meet.example.org',
    )
  })

  test('[BOOT-23] .env.example has a line for every variable and for no other, with its default', () => {
    const { NODE_ENV: _, ...known } = loadEnv(
      Object.fromEntries([
        ['PUBLIC_URL', 'http://localhost'],
        ['DATABASE_URL', 'postgresql://localhost/x'],
        ['HOST', '::1'],
        ['PARLEY_INTERNAL_URL', 'http://10.0.0.3:3000'],
        ['SFU_NODE_IP', '192.0.2.1'],
        ['SFU_UDP_PORT', '7882'],
        ['SFU_TCP_PORT', '7881'],
        ['REDIS_URL', 'redis://localhost'],
        ...['AUTH_SECRET', 'AUTH_SECRET_PREVIOUS', 'TURN_SECRET', 'PARLEY_SETUP_CODE'].map((name) => [
          name,
          'x'.repeat(32),
        ]),
        ...['LIVEKIT_API_KEY', 'LIVEKIT_API_SECRET', 'LIVEKIT_BIN'].map((name) => [name, 'x'.repeat(32)]),
        ['LOG_PRETTY', '1'],
        ['RECORDER_PLACES', '2'],
        ['RECORDER_PICTURE', '360p'],
        ['RECORDER_CODEC', 'h264'],
        ['CHROMIUM_BIN', '/usr/bin/chromium'],
        ['S3_ENDPOINT', 'https://s3.example.org'],
        ...['RECORDINGS_DIR', 'S3_BUCKET', 'S3_ACCESS_KEY_ID', 'S3_SECRET_ACCESS_KEY'].map((name) => [
          name,
          'some',
        ]),
        ...['RECORDINGS_KEY', 'RECORDINGS_KEY_PREVIOUS'].map((name) => [name, 'ab'.repeat(32)]),
        ['RECORDINGS_KEEP_DAYS', '30'],
        ['RECORDINGS_QUOTA_GB', '100'],
      ]),
    )
    expect(new Set(exampleLines.map((line) => line.name))).toEqual(new Set(Object.keys(known)))
    const defaults = exampleLines.filter(({ name, value }) => value !== '' && name !== 'AUTH_SECRET')
    expect(loadEnv(Object.fromEntries(defaults.map(({ name, value }) => [name, value])))).toEqual(loadEnv({}))
  })

  test('[BOOT-23] the table in README.md has every variable of .env.example and no other', () => {
    const [, configuration = ''] =
      README.split(/^##+ .*$/m)
        .filter((part) => part.includes('| variable |'))[0]
        ?.split('|---|---|---|') ?? []
    const cells = configuration.split('\n').map((line) => line.split('|')[1] ?? '')
    const named = cells.flatMap((cell) => [...cell.matchAll(/`([^`]+)`/g)].map(([, name = '']) => name))
    expect(named.sort()).toEqual(exampleLines.map(({ name }) => name).sort())
  })

  test('[AU-7] nothing runs on a made-up key: without AUTH_SECRET there is no configuration', () => {
    const before = process.env.AUTH_SECRET
    delete process.env.AUTH_SECRET
    try {
      expect(() => env()).toThrow('AUTH_SECRET is not set')
    } finally {
      process.env.AUTH_SECRET = before
    }
  })
})

function messageOf(work: () => unknown): string {
  try {
    work()
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
  return ''
}
