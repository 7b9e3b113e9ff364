import { readFileSync } from 'node:fs'
import {
  chooseTransport,
  ON_MESH,
  TRANSPORT_RULES,
  type TransportChoice,
  type TransportFacts,
} from '#lib/domain/transportPolicy.ts'

const calm: TransportFacts = {
  policy: 'automatic',
  sfuAvailable: true,
  people: 2,
  sharing: false,
  recording: false,
  limited: 0,
  relayed: 0,
  failed: 0,
}
const onSfu: TransportChoice = { ...ON_MESH, kind: 'sfu' }
const NOW = 1_000_000
const { calmMs } = TRANSPORT_RULES

type Case = readonly [
  words: string,
  before: 'mesh' | 'sfu',
  facts: Partial<TransportFacts>,
  after: 'mesh' | 'sfu',
]

/** As in docs/SFU.md, row by row. */
const CASES: readonly Case[] = [
  ['four people', 'mesh', { people: 4 }, 'mesh'],
  ['a fifth comes', 'mesh', { people: 5 }, 'sfu'],
  ['a fifth comes and there is no SFU', 'mesh', { people: 5, sfuAvailable: false }, 'mesh'],
  ['the host wants direct only', 'mesh', { people: 9, policy: 'direct' }, 'mesh'],
  ['the host turns to direct only', 'sfu', { people: 9, policy: 'direct' }, 'mesh'],
  ['the host wants the server only', 'mesh', { people: 1, policy: 'server' }, 'sfu'],
  ['the server only, and there is none', 'mesh', { policy: 'server', sfuAvailable: false }, 'mesh'],
  ['a recording', 'mesh', { recording: true }, 'sfu'],
  ['three people, a share, one weak sender', 'mesh', { people: 3, sharing: true, limited: 1 }, 'sfu'],
  ['three people, one weak sender', 'mesh', { people: 3, limited: 1 }, 'mesh'],
  ['three people, two weak senders', 'mesh', { people: 3, limited: 2 }, 'sfu'],
  [
    'two people, both weak: an SFU would send no less',
    'mesh',
    { people: 2, limited: 2, sharing: true },
    'mesh',
  ],
  ['three people, two of them relayed', 'mesh', { people: 3, relayed: 2 }, 'sfu'],
  ['three people, one of them relayed', 'mesh', { people: 3, relayed: 1 }, 'mesh'],
  ['two people who find no way to each other', 'mesh', { people: 2, failed: 1 }, 'sfu'],
  ['somebody leaves a room of five', 'sfu', { people: 4 }, 'sfu'],
  ['three are left, calm for a moment', 'sfu', { people: 3 }, 'sfu'],
  ['the SFU is lost in a small room', 'sfu', { people: 8, sfuAvailable: false }, 'mesh'],
  ['the SFU is lost in a large room', 'sfu', { people: 9, sfuAvailable: false }, 'sfu'],
  ['most of a small room cannot reach the SFU', 'sfu', { people: 5, failed: 3 }, 'mesh'],
  ['one of five cannot reach the SFU', 'sfu', { people: 5, failed: 1 }, 'sfu'],
]

describe('transport policy', () => {
  test.each(CASES)('[TP-1] %s: %s → %4$s', (_words, kind, facts, after) => {
    const before = kind === 'sfu' ? onSfu : ON_MESH
    expect(chooseTransport(before, { ...calm, ...facts }, NOW).kind).toBe(after)
  })

  test('[TP-2] the table of docs/SFU.md is this table', () => {
    const text = readFileSync('docs/SFU.md', 'utf8')
    for (const [words, before, , after] of CASES)
      expect(text).toContain(`| ${words} | ${before} | ${after} |`)
  })

  test('[TP-3] back to the mesh after a minute of calm, counted from its beginning', () => {
    const quiet = chooseTransport(onSfu, { ...calm, people: 3 }, NOW)
    expect(quiet).toMatchObject({ kind: 'sfu', calmSince: NOW })
    expect(chooseTransport(quiet, { ...calm, people: 3 }, NOW + calmMs - 1).kind).toBe('sfu')
    expect(chooseTransport(quiet, { ...calm, people: 3 }, NOW + calmMs).kind).toBe('mesh')
  })

  test('[TP-3] one who comes in between starts the minute again', () => {
    const quiet = chooseTransport(onSfu, { ...calm, people: 3 }, NOW)
    const busy = chooseTransport(quiet, { ...calm, people: 4 }, NOW + calmMs - 1)
    const again = chooseTransport(busy, { ...calm, people: 3 }, NOW + calmMs)
    expect(again).toMatchObject({ kind: 'sfu', calmSince: NOW + calmMs })
  })

  test('[TP-4] an SFU that most could not reach is left alone for a while, and tried again then', () => {
    const back = chooseTransport(onSfu, { ...calm, people: 5, failed: 4 }, NOW)
    expect(back.kind).toBe('mesh')
    expect(chooseTransport(back, { ...calm, people: 5 }, NOW + 1).kind).toBe('mesh')
    expect(chooseTransport(back, { ...calm, people: 5 }, back.avoidSfuUntil).kind).toBe('sfu')
  })
})
