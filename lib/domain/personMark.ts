/** FNV-1a, 32 bits: spreads ids evenly, and every browser and the server agree. */
function hash(text: string): number {
  let value = 0x811c9dc5
  for (let index = 0; index < text.length; index += 1) {
    value = Math.imul(value ^ text.charCodeAt(index), 0x01000193)
  }
  return value >>> 0
}

/** Which of `count` colours a person has: always the same one, on every screen. In 0 … count − 1. */
export const avatarTint = (id: string, count: number): number => hash(id) % count

/** Up to two characters that stand for a name: of the first and the last word. '?' when it has none. */
export function initials(name: string): string {
  const words = name.split(/\s+/u).filter((word) => /[\p{L}\p{N}]/u.test(word))
  const first = words[0]
  const last = words.length > 1 ? words.at(-1) : undefined
  const letters = [first, last].map((word) => word?.match(/[\p{L}\p{N}]/u)?.[0] ?? '')
  return letters.join('').toLocaleUpperCase('en') || '?'
}
