import { MAX_CHUNK_BYTES, type OwnTrack } from '../protocol/recordings.ts'
import { OWN_BITS, recordedBits } from './recordedBits.ts'

export type PartSource = 'composed' | OwnTrack

/** Encoders go above their bit rate when much moves; none goes so far for long. */
const GENEROSITY = 3
/** What may come at any time: the largest chunk there may be, twice. */
const BURST_BYTES = 2 * MAX_CHUNK_BYTES

const film = recordedBits(1920, 1080)
const camera = OWN_BITS.camera + OWN_BITS.microphone
/** What we record a source with; for a film that of the largest picture. */
const BITS: Readonly<Record<PartSource, number>> = {
  composed: film.video + film.audio,
  camera,
  screen: camera,
  microphone: OWN_BITS.microphone,
}

/**
 * How many bytes there can be of a source that has been recorded for so long, and generously. Time counts from when it was
 * recorded, not from when it is sent: what was kept while a network was away fits.
 */
export const partAllowance = (source: PartSource, recordedMs: number): number =>
  BURST_BYTES + Math.ceil((GENEROSITY * BITS[source] * Math.max(0, recordedMs)) / 8_000)
