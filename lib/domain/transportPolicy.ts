import type { MediaPolicy, Transport } from '#lib/protocol/events.ts'

/** What is known of a room and of the people in it. */
export type TransportFacts = {
  readonly policy: MediaPolicy
  /** Whether the SFU takes rooms now. */
  readonly sfuAvailable: boolean
  readonly people: number
  readonly sharing: boolean
  readonly recording: boolean
  /** People whose uplink or processor holds back what they send. */
  readonly limited: number
  /** People most of whose direct links run over a relay. */
  readonly relayed: number
  /** People whom the present transport does not serve at all. */
  readonly failed: number
}

export type TransportChoice = {
  readonly kind: Transport['kind']
  /** Since when a room on the SFU could do without it (ms), or null while it could not. */
  readonly calmSince: number | null
  /** Until when the SFU is left alone, because people could not reach it (ms). */
  readonly avoidSfuUntil: number
}

export type TransportRules = {
  /** More people than this never stay on a mesh that has an SFU to go to. */
  readonly meshPeople: number
  /** More people than this cannot go back to a mesh, even when the SFU is lost. */
  readonly meshPeopleAtMost: number
  /** No more people than this go back to a mesh when all is calm: less than `meshPeople`, so that one who comes and goes moves nobody. */
  readonly calmPeople: number
  readonly calmMs: number
  readonly avoidSfuMs: number
  /** How long a room that went back to a mesh because the SFU died stays there, however soon that is back. */
  readonly afterLossMs: number
  /** More people than this hold no place on a second node. */
  readonly standbyPeople: number
}

/** bench/benches/transports.ts measures where the curves of mesh and SFU cross. */
export const TRANSPORT_RULES: TransportRules = {
  meshPeople: 4,
  meshPeopleAtMost: 8,
  calmPeople: 3,
  calmMs: 60_000,
  avoidSfuMs: 120_000,
  afterLossMs: 20_000,
  standbyPeople: 16,
}

export const ON_MESH: TransportChoice = { kind: 'mesh', calmSince: null, avoidSfuUntil: 0 }

/**
 * How a room's media should travel. Pure, with hysteresis both ways: to the SFU at once, back only after a time of calm.
 * docs/SFU.md has it as a table of cases, which is also its test.
 */
export function chooseTransport(
  before: TransportChoice,
  facts: TransportFacts,
  now: number,
  rules: TransportRules = TRANSPORT_RULES,
): TransportChoice {
  const onMesh = { ...before, kind: 'mesh', calmSince: null } as const
  const onSfu = { ...before, kind: 'sfu', calmSince: null } as const
  if (facts.policy === 'direct') return onMesh
  if (before.kind === 'sfu') {
    // One that is back in a second would otherwise order everybody there while they are still on their way here.
    if (!facts.sfuAvailable) {
      const avoidSfuUntil = now + rules.afterLossMs
      return facts.people <= rules.meshPeopleAtMost ? { ...onMesh, avoidSfuUntil } : onSfu
    }
    if (mostCannotReach(facts) && facts.people <= rules.meshPeopleAtMost) {
      return { ...onMesh, avoidSfuUntil: now + rules.avoidSfuMs }
    }
  }
  const mayUseSfu = facts.sfuAvailable && now >= before.avoidSfuUntil
  if (wantsSfu(facts, before.kind, rules)) return mayUseSfu || before.kind === 'sfu' ? onSfu : onMesh
  if (before.kind === 'mesh') return onMesh
  if (facts.people > rules.calmPeople) return onSfu
  const calmSince = before.calmSince ?? now
  return now - calmSince >= rules.calmMs ? onMesh : { ...before, calmSince }
}

function wantsSfu(facts: TransportFacts, kind: Transport['kind'], rules: TransportRules): boolean {
  const { policy, people, recording, failed } = facts
  if (policy === 'server' || recording || people > rules.meshPeople) return true
  // A pair that finds no direct way at all.
  if (kind === 'mesh' && failed > 0 && people > 1) return true
  // With two people an SFU sends no less from either of them.
  return people > 2 && hasWeakLinks(facts)
}

const hasWeakLinks = ({ limited, relayed, sharing, people }: TransportFacts): boolean =>
  (sharing && limited > 0) || limited * 2 >= people || relayed * 2 > people

export const mostCannotReach = ({ failed, people }: Pick<TransportFacts, 'failed' | 'people'>): boolean =>
  failed * 2 > people
