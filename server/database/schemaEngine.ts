import { readdir, readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import path from 'node:path'
import { PrismaPg } from '@prisma/adapter-pg'
import { bindMigrationAwareSqlAdapterFactory } from '@prisma/driver-adapter-utils'
import * as engineBindings from '@prisma/schema-engine-wasm/schema_engine_bg'
import type { PoolConfig } from 'pg'
import { CatalogClient } from '#server/database/CatalogClient.ts'
import { processSingleton } from '#server/processSingleton.ts'

export type SchemaEngine = engineBindings.SchemaEngine
export type MigrationList = engineBindings.MigrationList

/** Nothing is hidden from the engine: every table in the database is ours. */
export const NO_FILTERS = { externalTables: [], externalEnums: [] }

/**
 * Prisma's own migration engine as WebAssembly: no binary to download. It is loaded by hand because Node has no
 * stable `import` of .wasm files.
 *
 * @param url the database it works on
 */
export async function openSchemaEngine(url: string): Promise<SchemaEngine> {
  // Once per process: the bindings hold one instance, and a second would tear the first from under its promises.
  await processSingleton('schemaEngine', loadWasm)
  const factory = bindMigrationAwareSqlAdapterFactory(new PrismaPg(engineConfig(url)))
  return engineBindings.SchemaEngine.new({ datamodels: undefined }, () => undefined, factory)
}

/**
 * The address in parts, because the adapter names its shadow database by overriding `database`, which a
 * `connectionString` would win over. A migration may take long, so there is no statement_timeout; one connection,
 * because its steps depend on each other.
 */
function engineConfig(url: string): PoolConfig {
  const { host, port, user, password, database, ssl } = new CatalogClient(url)
  const config = { host, port, user, password: password ?? undefined, database, ssl }
  return {
    ...config,
    Client: CatalogClient,
    max: 1,
    connectionTimeoutMillis: 5_000,
    idleTimeoutMillis: 100,
    allowExitOnIdle: true,
  }
}

async function loadWasm(): Promise<void> {
  const resolve = createRequire(path.resolve('package.json')).resolve
  const folder = path.dirname(resolve('@prisma/schema-engine-wasm/schema_engine_bg'))
  const bytes = await readFile(path.join(folder, 'schema_engine_bg.wasm'))
  const { instance } = await WebAssembly.instantiate(bytes, {
    // The bindings are the module's import object; their type does not say so.
    './schema_engine_bg.js': engineBindings as unknown as WebAssembly.ModuleImports,
  })
  engineBindings.__wbg_set_wasm(instance.exports)
  const start = instance.exports.__wbindgen_start
  if (typeof start === 'function') start()
}

/** Reads `prisma/migrations/` in Prisma's standard form, oldest first. */
export async function readMigrations(baseDir: string): Promise<MigrationList> {
  const entries = await readdir(baseDir, { withFileTypes: true })
  const names = entries.filter((entry) => entry.isDirectory()).map((entry) => entry.name)
  const lockfile = 'migration_lock.toml'
  return {
    baseDir,
    lockfile: {
      path: lockfile,
      content: await readFile(path.join(baseDir, lockfile), 'utf8').catch(() => null),
    },
    shadowDbInitScript: '',
    migrationDirectories: await Promise.all(
      names.sort().map(async (name) => ({
        path: name,
        migrationFile: {
          path: 'migration.sql',
          content: {
            tag: 'ok' as const,
            value: await readFile(path.join(baseDir, name, 'migration.sql'), 'utf8'),
          },
        },
      })),
    ),
  }
}
