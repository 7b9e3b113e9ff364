/** What the player plays and shows: all that a link without downloading opens. */
export const WATCHED_KINDS = ['webm', 'mp4', 'transcript'] as const

/**
 * Rows of files that are none for anybody. Each says where bytes may be, so that none are left behind: `pending` are on
 * their way into the storage, `unlinked` on their way out of it.
 */
export const PENDING = 'pending'
export const UNLINKED = 'unlinked'
export const HIDDEN_KINDS = [PENDING, UNLINKED] as const
