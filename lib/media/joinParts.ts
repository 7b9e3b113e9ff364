import type { Input, Target } from 'mediabunny'
import { type Container, FileWriter, type Streams, streamsIn, streamsOf } from './FileWriter.ts'
import { packetsInOrder, type Timed, tracksOf } from './packets.ts'
import { soundIsLate } from './recordedSound.ts'

/** A part with its place on the recording's time line, in seconds. */
export type PlacedPart = {
  readonly id: string
  readonly offset: number
  /** Of how many chunks it is. */
  readonly chunks: number
  readonly bytes: number
  /** To be disposed of by whoever opens it. */
  open(): Input
}

/** Parts that fit into one file, one behind the other. */
export type Group = {
  readonly streams: Streams
  readonly parts: readonly PlacedPart[]
  readonly chunks: number
}

export type Wanted = { readonly container: Container; readonly audioOnly: boolean }
export type Joined = { readonly durationMs: number }

export type JoinDeps = {
  /** Throws when the work is no longer ours. */
  readonly check: () => void
  /** Gives everybody else their turn. */
  readonly nextTurn: () => Promise<void>
  /**
   * Asked of what reading a part failed by. Yes: it is in the part itself, for good; what came before it is good, and so
   * are the other parts.
   */
  readonly isLoss: (error: unknown) => boolean
  /** Told of a part that could not be read to its end. */
  readonly onLoss: (partId: string, error: unknown) => void
}

/** After so many packets the event loop has its turn: meetings go on meanwhile. */
const PACKETS_PER_TURN = 32

/**
 * Parts by what they are made of; the one with the most in it comes first. Recorders that follow each other make the
 * same, so that there is one group, unless somebody changed what is recorded in between.
 */
export async function groupParts(
  deps: Pick<JoinDeps, 'isLoss' | 'onLoss'>,
  parts: readonly PlacedPart[],
): Promise<readonly Group[]> {
  const groups = new Map<string, Group>()
  for (const part of [...parts].sort((a, b) => a.offset - b.offset)) {
    const input = part.open()
    try {
      const tracks = await tracksOf(input)
      if (!tracks) continue
      const streams = await streamsOf(tracks)
      const key = kindOf(streams)
      const known = groups.get(key)
      groups.set(key, {
        streams: known?.streams ?? streams,
        parts: [...(known?.parts ?? []), part],
        chunks: (known?.chunks ?? 0) + part.chunks,
      })
    } catch (error) {
      if (!deps.isLoss(error)) throw error
      deps.onLoss(part.id, error)
    } finally {
      input.dispose()
    }
  }
  return [...groups.values()].sort((a, b) => b.chunks - a.chunks)
}

/**
 * Copies the packets of all parts into one file, each at its place in time. A part ends where the next one begins, and
 * begins with a key frame. Nothing is encoded again. @returns null when not one packet was in them
 */
export async function joinParts(
  deps: JoinDeps,
  { streams, parts }: Group,
  { container, audioOnly }: Wanted,
  target: Target,
): Promise<Joined | null> {
  const turn = async () => {
    deps.check()
    await deps.nextTurn()
  }
  const writer = await FileWriter.open(streamsIn(streams, audioOnly), container, target, turn)
  try {
    for (const [index, part] of parts.entries()) {
      await copyPart(deps, writer, part, parts[index + 1]?.offset ?? Number.POSITIVE_INFINITY, audioOnly)
    }
    if (writer.empty) {
      await writer.cancel()
      return null
    }
    const durationMs = Math.round(writer.end * 1000)
    await writer.close()
    return { durationMs }
  } catch (error) {
    await writer.cancel()
    throw error
  }
}

async function copyPart(
  deps: JoinDeps,
  writer: FileWriter,
  part: PlacedPart,
  limit: number,
  audioOnly: boolean,
) {
  let turn = 0
  let keyed = false
  for await (const { kind, packet, late } of packetsOf(deps, part, audioOnly)) {
    turn += 1
    if (turn % PACKETS_PER_TURN === 0) {
      deps.check()
      await deps.nextTurn()
    }
    const recorded = packet.timestamp + part.offset
    const timestamp = kind === 'video' ? recorded + late : recorded
    if (recorded >= limit) break
    if (timestamp >= limit) continue
    if (kind === 'video' && !keyed && (packet.type !== 'key' || timestamp < 0)) continue
    if (kind === 'video') keyed = true
    await writer.add(kind, packet.clone({ timestamp }))
  }
}

/** A part's packets up to its end, or to where it can be read no further. */
async function* packetsOf(
  { isLoss, onLoss }: JoinDeps,
  part: PlacedPart,
  audioOnly: boolean,
): AsyncGenerator<Timed & { readonly late: number }> {
  const input = part.open()
  try {
    const tracks = await tracksOf(input)
    if (!tracks) return
    // Pictures are put later by it, as sound that is put earlier could begin before the film.
    const late = await soundIsLate(tracks)
    for await (const timed of packetsInOrder(audioOnly ? { ...tracks, video: null } : tracks))
      yield { ...timed, late }
  } catch (error) {
    // Of reading alone: what whoever takes the packets fails by does not come here.
    if (!isLoss(error)) throw error
    onLoss(part.id, error)
  } finally {
    input.dispose()
  }
}

/** What has to agree: codecs, channels, and what H.264 says of itself beside its frames. */
function kindOf({ video, audio }: Streams): string {
  const description = video?.config.description
  const bytes = description === undefined ? '' : (description as Uint8Array).join()
  return [
    video?.codec,
    video?.codec === 'avc' ? bytes : '',
    audio?.codec,
    audio?.config.numberOfChannels,
  ].join('|')
}
