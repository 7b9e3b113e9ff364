import type { Source } from '../ports.ts'
import { type EncodingLimit, scaleDownBy } from './sendBudget.ts'

type Parameters = RTCRtpSendParameters & { degradationPreference?: string }

/**
 * Sets what one sender may spend. Before the first negotiation, or on a sender that has gone, there is nothing to set:
 * answers false, and the caller tries again after the next negotiation.
 */
export async function applyEncodingLimit(
  sender: RTCRtpSender,
  source: Source,
  limit: EncodingLimit,
): Promise<boolean> {
  const parameters: Parameters = sender.getParameters()
  const [encoding] = parameters.encodings ?? []
  if (encoding === undefined) return false
  encoding.maxBitrate = limit.maxBitrateBps
  if (limit.framesPerSecond !== null) {
    const { width, height } = sender.track?.getSettings() ?? {}
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
