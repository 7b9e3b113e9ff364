import path from 'node:path'
import { NO_FILTERS, openSchemaEngine, readMigrations } from '#server/database/schemaEngine.ts'

/**
 * Brings the database to the newest migration; does nothing when it is there already.
 *
 * @param url the database
 * @param root the project folder that holds `prisma/migrations`
 * @returns the names of the migrations applied now, oldest first
 * @throws when a migration fails; it then stays marked as failed, and nothing after it is tried
 */
export async function migrate(url: string, root: string): Promise<readonly string[]> {
  const migrationsList = await readMigrations(path.join(root, 'prisma', 'migrations'))
  const engine = await openSchemaEngine(url)
  try {
    const { appliedMigrationNames } = await engine.applyMigrations({ migrationsList, filters: NO_FILTERS })
    return appliedMigrationNames
  } finally {
    engine.free()
  }
}

/** The SQL that would bring the migrations' result to schema.prisma. Empty when they agree. */
export async function driftBetween(url: string, root: string, schema: string): Promise<string> {
  const migrationsList = await readMigrations(path.join(root, 'prisma', 'migrations'))
  const engine = await openSchemaEngine(url)
  try {
    const { stdout } = await engine.diff({
      from: { tag: 'migrations', ...migrationsList },
      to: { tag: 'schemaDatamodel', files: [{ path: 'schema.prisma', content: schema }] },
      script: true,
      exitCode: null,
      filters: NO_FILTERS,
    })
    return (stdout ?? '').replace('-- This is an empty migration.', '').trim()
  } finally {
    engine.free()
  }
}
