/** Whether two maps hold the same values under the same keys. */
export function sameEntries<Key, Value>(a: ReadonlyMap<Key, Value>, b: ReadonlyMap<Key, Value>): boolean {
  return a.size === b.size && [...b].every(([key, value]) => a.get(key) === value)
}
