/**
 * The LiveKit that Parley is tested with; tools/sfu/go.mod names the same one. Newer ones may be refused by `go`
 * (their module has replace lines), which is why the module of our own exists.
 */
export const LIVEKIT_VERSION = '1.13.5'

/** What its go.mod asks for. */
export const MIN_GO = [1, 26] as const
