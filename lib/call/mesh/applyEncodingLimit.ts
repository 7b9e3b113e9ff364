import type { Source } from '../ports.ts'
import { type EncodingLimit, scaleDownBy } from './sendBudget.ts'

type Parameters = RTCRtpSendParameters & { degradationPreference?: string }

/**
 * Sets what one sender may spend on the track that it has or is about to have. Where there is nothing to set (in some
 * browsers before the first negotiation, in all of them on a sender that has gone) it answers false, and the caller tries
 * again after the next negotiation.
 */
export async function applyEncodingLimit(
  sender: RTCRtpSender,
  source: Source,
  track: MediaStreamTrack,
  limit: EncodingLimit,
): Promise<boolean> {
  const parameters: Parameters = sender.getParameters()
  const [encoding] = parameters.encodings ?? []
  if (encoding === undefined) return false
  encoding.maxBitrate = limit.maxBitrateBps
  if (limit.framesPerSecond !== null) {
    const { width, height } = track.getSettings()
    encoding.maxFramerate = limit.framesPerSecond
    encoding.scaleResolutionDownBy = scaleDownBy(limit, width, height)
    // Text must stay readable when bits are short; a face should rather stay in motion.
    parameters.degradationPreference = source === 'screen' ? 'maintain-resolution' : 'balanced'
  }
  try {
    await sender.setParameters(parameters)
    return true
  } catch {
    return false
  }
}
