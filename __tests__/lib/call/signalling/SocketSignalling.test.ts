import { createServer, type Server as HttpServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Server } from 'socket.io'
import { retryDelay } from '#lib/call/signalling/retryDelay.ts'
import { SocketSignalling } from '#lib/call/signalling/SocketSignalling.ts'
import { PROTOCOL_VERSION } from '#lib/protocol/version.ts'
import { FakeClock } from '../../../support/FakeClock.ts'

type Refusal = { code: string; message: string; retryAfterMs?: number }

/** A real Socket.IO server that refuses when told. */
class Other {
  readonly http: HttpServer = createServer()
  readonly io = new Server(this.http, { transports: ['websocket'] })
  refusal: Refusal | null = null
  handshakes: unknown[] = []

  async listen(port = 0): Promise<number> {
    this.io.use((socket, next) => {
      this.handshakes.push(socket.handshake.auth)
      if (this.refusal === null) next()
      else next(Object.assign(new Error(this.refusal.message), { data: this.refusal }))
    })
    this.io.on('connection', (socket) => {
      socket.on('hand:set', (payload: unknown, acknowledge: (answer: object) => void) => {
        acknowledge(
          payload ? { ok: true, value: {} } : { ok: false, error: { code: 'internal', message: 'x' } },
        )
      })
      socket.on('reaction:send', (_payload: unknown, acknowledge: (answer: object) => void) =>
        acknowledge({ ok: false, error: { code: 'rate-limited', message: 'slow', retryAfterMs: 5 } }),
      )
    })
    await new Promise<void>((done) => this.http.listen(port, '127.0.0.1', done))
    return (this.http.address() as AddressInfo).port
  }

  close = (): Promise<void> => this.io.close()
}

describe('SocketSignalling', () => {
  const cleanups: (() => unknown)[] = []
  afterEach(async () => {
    for (const cleanup of cleanups.splice(0).reverse()) await cleanup()
  })

  async function setUp(options: { probe?: () => Promise<boolean>; requestTimeoutMs?: number } = {}) {
    const other = new Other()
    const port = await other.listen()
    cleanups.push(other.close)
    const clock = new FakeClock()
    const signalling = new SocketSignalling({
      url: `http://127.0.0.1:${port}`,
      meeting: 'code',
      clock,
      random: () => 0.5,
      ...options,
    })
    cleanups.push(() => signalling.close())
    return { other, port, clock, signalling }
  }

  const reaches = (signalling: SocketSignalling, status: string) =>
    new Promise<void>((done) => {
      const look = () => {
        if (signalling.state.get().status !== status) return
        forget()
        done()
      }
      const forget = signalling.state.subscribe(look)
      look()
    })

  test('[CALL-80] says its protocol and meeting, and nothing of who it is', async () => {
    const { other, signalling } = await setUp()
    signalling.connect()
    await reaches(signalling, 'connected')
    expect(other.handshakes).toEqual([{ protocol: PROTOCOL_VERSION, meeting: 'code' }])
  })

  test('[CALL-81] a request gets its value or its failure', async () => {
    const { signalling } = await setUp()
    signalling.connect()
    await reaches(signalling, 'connected')
    expect(await signalling.request('hand:set', { raised: true })).toEqual({ ok: true, value: {} })
    expect(await signalling.request('reaction:send', { emoji: '👍' })).toMatchObject({
      ok: false,
      error: { code: 'rate-limited', retryAfterMs: 5 },
    })
  })

  test('[CALL-81] no answer is a timeout, no connection is "unavailable" at once, and nothing is sent later', async () => {
    const { other, signalling } = await setUp({ requestTimeoutMs: 30 })
    const heard: string[] = []
    other.io.on('connection', (socket) => socket.onAny((name: string) => heard.push(name)))
    expect(await signalling.request('hand:set', { raised: true })).toMatchObject({
      error: { code: 'unavailable' },
    })
    signalling.notify('hand:set', { raised: true })
    signalling.connect()
    await reaches(signalling, 'connected')
    expect(await signalling.request('meeting:sync', {})).toMatchObject({ error: { code: 'timeout' } })
    expect(heard).toEqual(['meeting:sync'])
  })

  test('[CALL-82] events it does not know are ignored, those it knows are delivered until unsubscribed', async () => {
    const { other, signalling } = await setUp({ requestTimeoutMs: 1000 })
    const heard: unknown[] = []
    const stop = signalling.on('lobby:changed', (payload) => heard.push(payload))
    signalling.connect()
    await reaches(signalling, 'connected')
    other.io.emit('from:the-future', { x: 1 })
    other.io.emit('lobby:changed', { waiting: [] })
    await signalling.request('hand:set', { raised: true })
    stop()
    other.io.emit('lobby:changed', { waiting: [] })
    await signalling.request('hand:set', { raised: true })
    expect(heard).toEqual([{ waiting: [] }])
  })

  test('[CALL-83] lost: tries by the schedule until the server is back', async () => {
    const { other, port, clock, signalling } = await setUp()
    signalling.connect()
    await reaches(signalling, 'connected')
    const attempts: (readonly [number, number])[] = []
    signalling.state.subscribe(() => {
      const state = signalling.state.get()
      if (state.status === 'reconnecting') attempts.push([state.attempt, state.retryAt - clock.now()])
    })
    await other.close()
    for (const attempt of [1, 2, 3, 4, 5, 6, 7]) {
      await waitFor(() => attempts.length >= attempt)
      await clock.advance(attempts[attempt - 1]?.[1] ?? 0)
    }
    await waitFor(() => attempts.length >= 8)
    expect(attempts.slice(0, 7)).toEqual([
      [1, 0],
      [2, 300],
      [3, 1200],
      [4, 2700],
      [5, 4800],
      [6, 7000],
      [7, 7000],
    ])
    const next = new Other()
    cleanups.push(next.close)
    await next.listen(port)
    await clock.advance(7000)
    await reaches(signalling, 'connected')
  })

  test('[CALL-84] a server that answers a probe is tried at once', async () => {
    let alive = false
    const { other, port, clock, signalling } = await setUp({ probe: async () => alive })
    signalling.connect()
    await reaches(signalling, 'connected')
    await other.close()
    await reaches(signalling, 'reconnecting')
    await clock.advance(0)
    await waitFor(() => attemptOf(signalling) >= 2)
    await clock.advance(300)
    await waitFor(() => attemptOf(signalling) >= 3)
    const next = new Other()
    cleanups.push(next.close)
    await next.listen(port)
    alive = true
    await clock.advance(700)
    await reaches(signalling, 'connected')
  })

  test.each(['unauthenticated', 'not-found', 'protocol-mismatch', 'forbidden'])(
    '[CALL-85] %s is final',
    async (code) => {
      const { other, clock, signalling } = await setUp()
      other.refusal = { code, message: 'no' }
      signalling.connect()
      await reaches(signalling, 'failed')
      expect(signalling.state.get()).toMatchObject({ error: { code, message: 'no' } })
      expect(clock.pending).toBe(0)
    },
  )

  test('[CALL-85] "not now" is tried again, not before the server said', async () => {
    const { other, clock, signalling } = await setUp()
    other.refusal = { code: 'rate-limited', message: 'later', retryAfterMs: 9000 }
    signalling.connect()
    await reaches(signalling, 'reconnecting')
    other.refusal = null
    expect(signalling.state.get()).toMatchObject({ retryAt: clock.now() + 9000 })
    await clock.advance(9000)
    await reaches(signalling, 'connected')
  })

  test('[CALL-86] closing is final: no timer, no return', async () => {
    const { other, clock, signalling } = await setUp()
    signalling.connect()
    await reaches(signalling, 'connected')
    await other.close()
    await reaches(signalling, 'reconnecting')
    signalling.close()
    expect(signalling.state.get().status).toBe('closed')
    expect(clock.pending).toBe(0)
  })
})

describe('retryDelay', () => {
  test.each([
    [1, 0.5, 0],
    [2, 0.5, 300],
    [3, 0.5, 1200],
    [4, 0.5, 2700],
    [5, 0.5, 4800],
    [6, 0.5, 7000],
    [6, 0, 5600],
    [600, 0.999999, 8400],
  ])('[CALL-83] attempt %i (random %d) waits %i ms', (attempt, random, ms) => {
    expect(retryDelay(attempt, random)).toBe(ms)
  })
})

const attemptOf = (signalling: SocketSignalling) => {
  const state = signalling.state.get()
  return state.status === 'reconnecting' ? state.attempt : 0
}

async function waitFor(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 2))
}
