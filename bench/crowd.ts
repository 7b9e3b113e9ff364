import { type ChildProcess, spawn } from 'node:child_process'
import { ApiClient } from '../__tests__/browser/support/ApiClient.ts'
import { PASSWORD } from '../__tests__/browser/support/Person.ts'
import type { Parley } from '../__tests__/browser/support/startParley.ts'
import { RawSocket } from './RawSocket.ts'

/** So that each of a crowd comes from an address of its own, as behind a proxy; the limits per address stay on. */
export const CROWD_ENV = {
  TRUSTED_PROXY_HOPS: '1',
  MEETING_CAPACITY: '300',
  MESH_CAPACITY: '300',
  // Behind a proxy the first account is not known to be made from this machine.
  PARLEY_SETUP_CODE: 'set up for the crowd',
} as const

export type Guest = { readonly cookie: string; readonly address: string }

const addressOf = (at: number) => `10.${(at >> 16) & 255}.${(at >> 8) & 255}.${at & 255}`

export async function openMeeting(parley: Parley): Promise<{ host: ApiClient; code: string; id: string }> {
  const host = new ApiClient(parley.url, { 'x-forwarded-for': addressOf(1) })
  await host.signUp('Host', 'host@example.org', PASSWORD, CROWD_ENV.PARLEY_SETUP_CODE)
  return { host, ...(await host.newMeeting()) }
}

/** Each with a guest session of its own for that meeting. */
export async function admitGuests(parley: Parley, code: string, count: number, from = 100): Promise<Guest[]> {
  const guests: Guest[] = []
  for (let at = 0; at < count; at += 10) {
    const batch = Array.from({ length: Math.min(10, count - at) }, (_, index) => addressOf(from + at + index))
    guests.push(
      ...(await Promise.all(
        batch.map(async (address) => {
          const client = new ApiClient(parley.url, { 'x-forwarded-for': address })
          await client.json('POST', `/api/m/${code}/guest`, {})
          return { cookie: client.cookieHeader, address }
        }),
      )),
    )
  }
  return guests
}

/** A guest's connection to the meeting, from that guest's address. */
export const connectGuest = (
  { port, url }: Pick<Parley, 'port' | 'url'>,
  code: string,
  { cookie, address }: Guest,
): Promise<RawSocket> =>
  RawSocket.connect({
    port,
    publicUrl: url,
    meeting: code,
    cookie,
    headers: { 'x-forwarded-for': address },
  })

/** Starts a floor that prints its port. */
export async function startFloor(script: string): Promise<{ port: number; pid: number; close(): void }> {
  const child: ChildProcess = spawn(process.execPath, ['--import', 'tsx', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const port = await new Promise<number>((resolve, reject) => {
    child.stdout?.once('data', (chunk) => resolve(Number(String(chunk))))
    child.once('exit', () => reject(new Error(`${script} ended`)))
  })
  return { port, pid: child.pid ?? 0, close: () => child.kill('SIGKILL') }
}
