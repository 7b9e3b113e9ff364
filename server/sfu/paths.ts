/** The gate's path on our own origin; livekit-client puts `/rtc…` behind it. */
export const SFU_PATH = '/sfu'

/** Where LiveKit tells its events (app/api/sfu/webhook). */
export const WEBHOOK_PATH = '/api/sfu/webhook'
