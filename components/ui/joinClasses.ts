/** Class names in one string; what is false, null or empty is left out. */
export const joinClasses = (...names: ReadonlyArray<string | false | null | undefined>): string =>
  names.filter(Boolean).join(' ')
