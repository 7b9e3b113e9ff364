import { mkdtemp, rm } from 'node:fs/promises'
import { request as httpRequest, type IncomingMessage } from 'node:http'
import { tmpdir } from 'node:os'
import path from 'node:path'
import type { RecordingStorage } from '#server/recordings/RecordingStorage.ts'
import { FolderStorage } from '#server/recordings/storage/FolderStorage.ts'
import type { ApiServer, Ask } from './apiServer.ts'
import { createTestDatabase, type TestDatabase } from './database.ts'
import { type RecordingApi, startRecordingApi } from './recordingApi.ts'

export type RecordingSuite = {
  readonly data: TestDatabase
  readonly api: ApiServer
  readonly recorded: RecordingApi
  /** As somebody who is signed in, or as nobody. */
  readonly ask: (path: string, who: { cookie: string } | null, options?: Ask) => ReturnType<ApiServer['ask']>
  readonly storage: RecordingStorage
  /** Where that storage has its files. */
  readonly folder: string
}

/** For one test file: a database, a folder of files, and the HTTP pipeline with the routes of recordings over both. */
export function recordingSuite(more: Readonly<Record<string, string>> = {}): RecordingSuite {
  jest.setTimeout(120_000)
  const suite = {} as { -readonly [Key in keyof RecordingSuite]: RecordingSuite[Key] }
  suite.ask = (path, who, options = {}) =>
    suite.api.ask(path, { ...(who && { cookie: who.cookie }), ...options })
  let folder = ''

  beforeAll(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'parley-recordings-'))
    suite.folder = folder
    suite.storage = new FolderStorage(folder)
    suite.data = await createTestDatabase()
    const variables = { DATABASE_URL: suite.data.url, RECORDINGS_DIR: folder, ...more }
    suite.recorded = await startRecordingApi(variables)
    suite.api = suite.recorded.api
  })
  afterAll(async () => {
    await suite.recorded.close()
    await suite.data.drop()
    await rm(folder, { recursive: true, force: true })
  })
  return suite
}

export type Download = {
  readonly response: IncomingMessage
  readonly received: () => number
  /** Takes the rest as fast as it comes, or with a rest after each piece. @returns whether all of it came */
  readonly toItsEnd: (restMs?: number) => Promise<boolean>
}

/** A request whose body is taken bit by bit, as a player does. */
export function startDownload(
  api: ApiServer,
  address: string,
  headers: Readonly<Record<string, string>>,
): Promise<Download> {
  return new Promise((resolve, reject) => {
    const host = new URL(api.origin).host
    const request = httpRequest({
      port: api.port,
      host: '127.0.0.1',
      path: address,
      headers: { host, ...headers },
      agent: false,
    })
    request.on('error', reject)
    request.on('response', (response) => {
      let received = 0
      response.pause()
      response.on('data', (chunk: Buffer) => {
        received += chunk.byteLength
      })
      response.pause()
      response.on('error', () => undefined)
      const closed = new Promise<void>((done) => response.on('close', done))
      resolve({
        response,
        received: () => received,
        async toItsEnd(restMs = 0) {
          if (restMs > 0) {
            response.on('data', () => {
              response.pause()
              setTimeout(() => response.resume(), restMs)
            })
          }
          response.resume()
          await closed
          return response.complete
        },
      })
    })
    request.end()
  })
}
