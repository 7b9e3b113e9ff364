import type { Parley } from '../../__tests__/browser/support/startParley.ts'
import { until } from '../../__tests__/browser/support/until.ts'
import type { MediaState, ServerPayload, Transport } from '../../lib/protocol/events.ts'
import { connectGuest, type Guest } from '../crowd.ts'
import type { RawSocket } from '../RawSocket.ts'
import type { LoadPerson } from './runLoad.ts'

/** Somebody without a browser, in a meeting by the product's own admission. */
export type Member = { readonly socket: RawSocket; readonly transport: Transport }

const ALL_ON: MediaState = { microphone: true, camera: true, screen: false }

/** @param media what everybody is told that they send */
export async function enterMeeting(
  parley: Parley,
  code: string,
  guest: Guest,
  media: MediaState = ALL_ON,
): Promise<Member> {
  const socket = await connectGuest(parley, code, guest)
  let later: Transport | null = null
  socket.on('transport:changed', ({ transport }: ServerPayload<'transport:changed'>) => {
    later = transport
  })
  const { instanceId } = socket
  const answer = await socket.request('meeting:join', { instanceId, name: 'Guest', media })
  if (answer.status !== 'joined') throw new Error('a guest had to wait')
  const first = answer.snapshot.transport
  return {
    socket,
    get transport() {
      return later ?? first
    },
  }
}

/**
 * A pass into the room as a browser gets it, once the meeting is on the SFU.
 * @param straight where LiveKit itself takes signalling; null for the gate
 */
export async function passOf(member: Member, parley: Parley, straight: string | null): Promise<LoadPerson> {
  await until('the SFU', () => member.transport.kind === 'sfu')
  const { path, token } = await member.socket.request('sfu:enter', { epoch: member.transport.epoch })
  return { url: straight ?? `ws://localhost:${parley.port}${path}`, token }
}
