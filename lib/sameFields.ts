/** Whether two records hold the same values in the same fields. */
export function sameFields<Fields extends object>(a: Fields, b: Fields): boolean {
  if (a === b) return true
  const names = Object.keys(a) as (keyof Fields)[]
  return (
    names.length === Object.keys(b).length &&
    names.every((name) => Object.hasOwn(b, name) && Object.is(a[name], b[name]))
  )
}
