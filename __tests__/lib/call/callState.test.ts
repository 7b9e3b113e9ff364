import { type CallEvent, type CallState, isGap, NO_MEDIA, reduce } from '#lib/call/callState.ts'
import { rosterNotices } from '#lib/call/rosterNotices.ts'
import { EVERYTHING } from '#lib/domain/authority.ts'
import { messageOf, snapshotOf } from '../../support/callFixtures.ts'
import { idOf, participantOf } from '../../support/meshRoom.ts'
import { seededRandom } from '../../support/seededRandom.ts'

const lobby: CallState = { status: 'lobby', error: null }
const error = { code: 'full', message: 'Full.' } as const
const inCall = reduce(lobby, { type: 'snapshotReceived', snapshot: snapshotOf() })
const ended: CallState = { status: 'ended', reason: 'left' }
const failed: CallState = { status: 'failed', error }

const run = (state: CallState, ...events: CallEvent[]) => events.reduce(reduce, state)
const room = (state: CallState) => {
  if (state.status !== 'inCall') throw new Error(`not in a call: ${state.status}`)
  return state.room
}

describe('reduce', () => {
  test.each<[string, CallState, CallEvent, CallState['status']]>([
    ['lobby', lobby, { type: 'joinRequested' }, 'joining'],
    ['joining', { status: 'joining' }, { type: 'joinRefused', error }, 'lobby'],
    ['joining', { status: 'joining' }, { type: 'keptWaiting' }, 'waiting'],
    ['joining', { status: 'joining' }, { type: 'snapshotReceived', snapshot: snapshotOf() }, 'inCall'],
    ['waiting', { status: 'waiting' }, { type: 'snapshotReceived', snapshot: snapshotOf() }, 'inCall'],
    ['waiting', { status: 'waiting' }, { type: 'ended', reason: 'declined' }, 'ended'],
    ['inCall', inCall, { type: 'joinRequested' }, 'inCall'],
    ['inCall', inCall, { type: 'ended', reason: 'session-revoked' }, 'ended'],
    ['inCall', inCall, { type: 'failed', error }, 'failed'],
    ['ended', ended, { type: 'snapshotReceived', snapshot: snapshotOf() }, 'ended'],
    ['ended', ended, { type: 'joinRequested' }, 'ended'],
    ['failed', failed, { type: 'ended', reason: 'left' }, 'failed'],
  ])('[CALL-40] %s: %#', (_name, state, event, status) => {
    expect(reduce(state, event).status).toBe(status)
  })

  test('[CALL-41] news of the room means nothing outside it', () => {
    const events: CallEvent[] = [
      { type: 'rosterChanged', version: 1, changes: [] },
      {
        type: 'settingsChanged',
        version: 1,
        settings: {
          lobby: true,
          mediaPolicy: 'automatic',
          permissions: EVERYTHING,
          recording: [],
          unrecorded: false,
        },
      },
      { type: 'lobbyChanged', waiting: [] },
      { type: 'chatReceived', messages: [messageOf(1)] },
      { type: 'messageQueued', id: 'a', text: 'b' },
      { type: 'messageFailed', id: 'a' },
      { type: 'mediaChanged', media: NO_MEDIA },
      { type: 'connectionLost' },
    ]
    for (const state of [
      lobby,
      { status: 'joining' } as const,
      { status: 'waiting' } as const,
      ended,
      failed,
    ]) {
      for (const event of events) expect(reduce(state, event)).toBe(state)
    }
  })

  test('[CALL-42] a change of the next version is applied, an old one ignored, a later one is a gap', () => {
    const joined: CallEvent = {
      type: 'rosterChanged',
      version: 2,
      changes: [{ type: 'joined', participant: participantOf(5) }],
    }
    const next = reduce(inCall, joined)
    expect(room(next).participants.has(idOf(5))).toBe(true)
    expect(reduce(next, joined)).toBe(next)
    expect(isGap(next, 3)).toBe(false)
    expect(isGap(next, 4)).toBe(true)
    expect(
      reduce(next, {
        type: 'settingsChanged',
        version: 4,
        settings: {
          lobby: true,
          mediaPolicy: 'automatic',
          permissions: EVERYTHING,
          recording: [],
          unrecorded: false,
        },
      }),
    ).toBe(next)
    expect(
      room(
        reduce(next, {
          type: 'settingsChanged',
          version: 3,
          settings: {
            lobby: true,
            mediaPolicy: 'automatic',
            permissions: EVERYTHING,
            recording: [],
            unrecorded: false,
          },
        }),
      ).settings.lobby,
    ).toBe(true)
  })

  test('[CALL-43] a late answer to meeting:sync does not undo newer news; after a loss any version counts', () => {
    const newer = reduce(inCall, { type: 'rosterChanged', version: 2, changes: [] })
    const late: CallEvent = { type: 'snapshotReceived', snapshot: snapshotOf({ version: 1 }) }
    expect(reduce(newer, late)).toBe(newer)
    const back = run(newer, { type: 'connectionLost' }, late)
    expect(room(back).version).toBe(1)
    expect(back).toMatchObject({ connection: 'connected' })
  })

  test('[CALL-44] each message is shown once, in order, whichever way and how often it came', () => {
    const state = run(
      inCall,
      { type: 'chatReceived', messages: [messageOf(3)] },
      { type: 'chatReceived', messages: [messageOf(1), messageOf(3)] },
      { type: 'chatReceived', messages: [messageOf(2)] },
    )
    expect(room(state).chat.map(({ seq }) => seq)).toEqual([1, 2, 3])
  })

  test('[CALL-45] a message of ours is pending until the server has it, and can fail and be tried again', () => {
    const message = messageOf(1)
    const sending = reduce(inCall, { type: 'messageQueued', id: message.id, text: 'x' })
    const refused = reduce(sending, { type: 'messageFailed', id: message.id })
    expect(refused).toMatchObject({ pending: [{ id: message.id, status: 'failed' }] })
    const again = reduce(refused, { type: 'messageQueued', id: message.id, text: 'x' })
    expect(again).toMatchObject({ pending: [{ id: message.id, status: 'sending' }] })
    expect(reduce(again, { type: 'chatReceived', messages: [message] })).toMatchObject({ pending: [] })
  })

  test.each([...Array(30).keys()])(
    '[CALL-42] any order with losses, repaired by snapshots, ends at the truth (seed %i)',
    (seed) => {
      const random = seededRandom(seed)
      let truth = snapshotOf()
      let state = inCall
      for (let step = 0; step < 60; step += 1) {
        const number = 2 + Math.floor(random() * 6)
        const present = truth.participants.some(({ id }) => id === idOf(number))
        const change = present
          ? ({ type: 'left', id: idOf(number), reason: 'left' } as const)
          : ({ type: 'joined', participant: participantOf(number) } as const)
        truth = {
          ...truth,
          version: truth.version + 1,
          participants: present
            ? truth.participants.filter(({ id }) => id !== idOf(number))
            : [...truth.participants, participantOf(number)],
        }
        const event: CallEvent = { type: 'rosterChanged', version: truth.version, changes: [change] }
        if (random() < 0.2) continue
        if (isGap(state, event.version)) state = reduce(state, { type: 'snapshotReceived', snapshot: truth })
        state = reduce(state, event)
        if (random() < 0.3) state = reduce(state, event)
        expect(room(state).version).toBe(truth.version)
        expect([...room(state).participants.keys()].sort()).toEqual(
          truth.participants.map(({ id }) => id).sort(),
        )
      }
    },
  )
})

describe('rosterNotices', () => {
  test('[CALL-46] tells of others who come, go, share and raise a hand, and never of ourselves', () => {
    const before = room(inCall)
    const two = participantOf(2)
    const media = { microphone: false, camera: false, screen: true }
    expect(
      rosterNotices(before, [
        { type: 'joined', participant: participantOf(9) },
        { type: 'updated', participant: { ...two, media, handRaisedAt: 5 } },
        { type: 'updated', participant: { ...participantOf(1), handRaisedAt: 5 } },
        { type: 'left', id: idOf(2), reason: 'lost' },
        { type: 'left', id: idOf(77), reason: 'left' },
      ]),
    ).toEqual([
      { type: 'joined', name: 'Person 9' },
      { type: 'handRaised', name: 'Person 2' },
      { type: 'shareStarted', name: 'Person 2' },
      { type: 'lost', name: 'Person 2' },
    ])
  })
})
