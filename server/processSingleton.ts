/**
 * server.ts and Next's bundles share a process but not modules: a module-level object exists several times.
 * `globalThis` is shared. For the database client, the session registry and the realtime hub only.
 */
export function processSingleton<Value>(
  key:
    | 'database'
    | 'env'
    | 'log'
    | 'sessions'
    | 'limits'
    | 'passwords'
    | 'commonPasswords'
    | 'realtime'
    | 'sfu'
    | 'recordings'
    | 'schemaEngine',
  create: () => Value,
): Value {
  const holder = globalThis as unknown as Record<symbol, Value | undefined>
  const symbol = Symbol.for(`parley.${key}`)
  const existing = holder[symbol]
  if (existing !== undefined) return existing
  const made = create()
  holder[symbol] = made
  return made
}
