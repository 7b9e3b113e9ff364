/** Loose on purpose: the server alone says whether a code is one. */
const CODE = /(?:^|\/m\/)([a-z]+-[a-z]+-[0-9a-z]{26})(?:$|[/?#\s])/i

/**
 * The path to a meeting from what somebody pasted: a whole link, a part of one, or the code alone.
 * Only the code is taken from it, so the answer always stays on this site.
 */
export function meetingPathFrom(pasted: string): `/m/${string}` | null {
  const code = CODE.exec(pasted.trim())?.[1]
  return code ? `/m/${code.toLowerCase()}` : null
}
