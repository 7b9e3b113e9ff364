import { createServer, type Server, type Socket } from 'node:net'
import type { Readable } from 'node:stream'
import { S3Storage } from '#server/recordings/storage/S3Storage.ts'

jest.setTimeout(15_000)

const KEY = 'r/a/files/f'
const BODY = Buffer.alloc(2_000_000, 'film')
const away = { code: 'unavailable' }

/** How a server that speaks S3 stalls, on real connections. */
const SERVERS = {
  'never answers': () => undefined,
  'falls silent in mid-body': (socket: Socket) => socket.write(`${head(1000)}film`),
  'breaks off in mid-body': (socket: Socket) => socket.end(`${head(1000)}film`),
  'sends all of it': (socket: Socket) => {
    socket.write(head(BODY.length))
    socket.write(BODY)
  },
} as const

const head = (length: number) => `HTTP/1.1 200 OK\r\nContent-Length: ${length}\r\nETag: "a"\r\n\r\n`

let server: Server
let storage: S3Storage
const sockets = new Set<Socket>()

async function serve(how: keyof typeof SERVERS): Promise<void> {
  server = createServer((socket) => {
    sockets.add(socket)
    socket.on('error', () => socket.destroy()).on('close', () => sockets.delete(socket))
    socket.once('data', () => void SERVERS[how](socket))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  if (typeof address !== 'object' || address === null) throw new Error('no port')
  storage = new S3Storage({
    endpoint: `http://127.0.0.1:${address.port}`,
    bucket: 'recordings',
    region: 'us-east-1',
    accessKeyId: 'parley',
    secretAccessKey: 'not-so-secret',
    pathStyle: true,
    limits: { answer: 300, upload: 300, body: 300 },
  })
}
afterEach(async () => {
  await storage.close()
  for (const socket of sockets) socket.destroy()
  await new Promise((resolve) => server.close(resolve))
})

async function all(stream: Readable): Promise<number> {
  let bytes = 0
  for await (const piece of stream) bytes += (piece as Buffer).length
  return bytes
}

async function* film() {
  yield BODY
}

test.each([
  ['put', () => storage.put(KEY, BODY)],
  ['putStream', () => storage.putStream(KEY, film(), BODY.length)],
  ['size', () => storage.size(KEY)],
  ['read', () => storage.read(KEY)],
  ['remove', () => storage.remove(KEY)],
  ['removeAll', () => storage.removeAll('r/a/')],
] as const)('[REC-197] a bucket that accepts and never answers is away: %s', async (_, work) => {
  await serve('never answers')
  await expect(work()).rejects.toMatchObject(away)
})

test.each(['falls silent in mid-body', 'breaks off in mid-body'] as const)(
  '[REC-197] a bucket that %s is away',
  async (how) => {
    await serve(how)
    await expect(all(await storage.read(KEY))).rejects.toMatchObject(away)
  },
)

test('[REC-197] who takes their time is not cut off', async () => {
  await serve('sends all of it')
  const stream = await storage.read(KEY)
  await new Promise((resolve) => stream.once('readable', resolve))
  // Longer than the limit, during which nothing is taken.
  await new Promise((resolve) => setTimeout(resolve, 1_000))
  expect(await all(stream)).toBe(BODY.length)
})
