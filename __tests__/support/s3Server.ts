import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import net from 'node:net'
import os from 'node:os'
import path from 'node:path'
import type { S3Options } from '#server/recordings/storage/S3Storage.ts'
import { freePort } from './freePort.ts'

const START_TIMEOUT_MS = 20_000

/** A real S3 server, where VERSITYGW_BIN says it is or `npm test` has put it; null where there is none. */
export function s3ServerBinary(): string | null {
  const places = [process.env.VERSITYGW_BIN ?? '', path.join(process.cwd(), '.bin', 'versitygw')]
  const found = places.find((place) => place !== '' && existsSync(place)) ?? null
  if (found === null && process.env.CI === 'true') throw new Error('versitygw is missing: .bin/versitygw')
  return found
}

/** Over a folder of its own, with one bucket, on a port of its own. */
export async function startS3Server(): Promise<{
  options: S3Options
  folder: string
  stop(): Promise<void>
}> {
  const binary = s3ServerBinary()
  if (binary === null) throw new Error('no S3 server')
  const folder = mkdtempSync(path.join(os.tmpdir(), 'parley-s3-'))
  // Without extended attributes, which not every file system has, it keeps what it knows of an object in a sidecar.
  for (const name of ['data/recordings', 'sidecar']) mkdirSync(path.join(folder, name), { recursive: true })
  const port = await freePort()
  const options: S3Options = {
    endpoint: `http://127.0.0.1:${port}`,
    bucket: 'recordings',
    region: 'us-east-1',
    accessKeyId: 'parley',
    secretAccessKey: 'not-so-secret',
    pathStyle: true,
  }
  const child = spawn(
    binary,
    [
      '--port',
      `127.0.0.1:${port}`,
      'posix',
      '--sidecar',
      path.join(folder, 'sidecar'),
      path.join(folder, 'data'),
    ],
    {
      env: {
        ...process.env,
        ROOT_ACCESS_KEY_ID: options.accessKeyId,
        ROOT_SECRET_ACCESS_KEY: options.secretAccessKey,
      },
      stdio: ['ignore', 'ignore', 'pipe'],
    },
  )
  let said = ''
  child.stderr?.on('data', (text: Buffer) => {
    said += text.toString()
  })
  await listening(port, child, () => said)
  return {
    options,
    folder,
    async stop() {
      await ended(child)
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

async function listening(port: number, child: ChildProcess, said: () => string): Promise<void> {
  const deadline = Date.now() + START_TIMEOUT_MS
  while (!(await answers(port))) {
    if (child.exitCode !== null || Date.now() > deadline)
      throw new Error(`the S3 server did not start: ${said()}`)
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
}

function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = net.connect(port, '127.0.0.1')
    socket.once('connect', () => {
      socket.destroy()
      resolve(true)
    })
    socket.once('error', () => resolve(false))
  })
}

async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const gone = new Promise((resolve) => child.once('exit', resolve))
  child.kill('SIGKILL')
  await gone
}
