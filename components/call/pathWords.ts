import type { Path, Quality } from '#lib/call/ports.ts'

/** How somebody's media reaches us, in words: the tooltip of a tile's badge and what a screen reader says. */
export const PATH_WORDS: Readonly<Record<Path, { readonly short: string; readonly long: string }>> = {
  connecting: { short: 'Connecting', long: 'The connection to this person is being made' },
  direct: { short: 'Direct', long: 'Direct: goes straight between your browsers, encrypted, past no server' },
  relayed: {
    short: 'Relayed',
    long: 'Relayed: your networks allow no direct way, so a relay passes it on, encrypted',
  },
  server: { short: 'Server', long: 'Through the meeting server, encrypted on the way there and back' },
  lost: { short: 'Reconnecting', long: 'The connection to this person was lost and is being restored' },
}

export const QUALITY_WORDS: Readonly<Record<Quality, string | null>> = {
  good: null,
  fair: null,
  poor: 'Weak connection',
  lost: null,
}
