import { readFileSync } from 'node:fs'
import path from 'node:path'
import { readSources, type SourceFile, sourceFile } from './support/sourceTree.ts'

const ROOT = process.cwd()
const SOURCES = readSources(ROOT, ['app', 'components', 'lib', 'server', 'server.ts'])

/** The layers, most particular first, each with those it may import besides itself (docs/ARCHITECTURE.md). */
const LAYERS: readonly (readonly [layer: string, mayImport: readonly string[]])[] = [
  ['lib/protocol', []],
  ['lib/domain', ['lib', 'lib/protocol']],
  ['lib/call', ['lib', 'lib/protocol', 'lib/domain']],
  ['lib', ['lib/protocol']],
  ['components', ['lib', 'lib/protocol', 'lib/domain', 'lib/call']],
  ['server.ts', ['server']],
  ['server', ['lib', 'lib/protocol', 'lib/domain']],
  ['app', ['components', 'lib', 'lib/protocol', 'lib/domain', 'lib/call', 'server']],
]

/** Where a package may be imported; everything that is not named here may be imported anywhere but in lib. */
const PACKAGES: readonly (readonly [name: RegExp, allowed: RegExp])[] = [
  [/^(react|react-dom|lucide-react|radix-ui)(\/|$)/, /^(components|app)\//],
  [/^next(\/|$)/, /^(app|components)\/|^server\.ts$/],
  [/^next-auth(\/|$)/, /^server\/auth\/|^app\//],
  [/^@prisma\/client(\/|$)/, /^server\/(.*\/)?Prisma\w*\.ts$|^server\/db\.ts$/],
  [
    /^@prisma\/(adapter-pg|driver-adapter-utils|schema-engine-wasm)(\/|$)/,
    /^server\/db\.ts$|^server\/database\//,
  ],
  [/^(livekit-server-sdk|@livekit\/protocol)$/, /^server\/sfu\//],
  [/^mediabunny(\/|$)/, /^(lib\/media|server\/recordings\/finishing)\//],
  [/^media-captions$/, /^server\/recordings\/transcripts\//],
  [/^(@aws-sdk|@smithy)\//, /^server\/recordings\/storage\/S3Storage\.ts$/],
  [/^socket\.io-client(\/|$)/, /^lib\/call\/signalling\/SocketSignalling\.ts$/],
  [/^livekit-client(\/|$)/, /^lib\/call\/sfu\/liveKit\.ts$/],
  [/^(node:|pg$|pino$|socket\.io$|engine\.io$|@node-rs\/)/, /^(server|app)\/|^server\.ts$/],
]

/** All that lib may take from npm: what runs in browser, Node and Jest alike. */
const LIB_PACKAGES = [
  'zod',
  'temporal-polyfill',
  'rrule-temporal',
  'socket.io-client',
  'livekit-client',
  'mediabunny',
]

const layerOf = (file: string): string | null =>
  LAYERS.find(([layer]) => file === layer || file.startsWith(`${layer}/`))?.[0] ?? null

function forbiddenArrows(file: SourceFile): string[] {
  const layer = layerOf(file.path)
  const allowed = LAYERS.find(([name]) => name === layer)?.[1] ?? []
  return file.imports.flatMap((target) => {
    const to = layerOf(target)
    if (to === null || to === layer || allowed.includes(to)) return []
    return [`${file.path} → ${target}`]
  })
}

const isOurs = (target: string): boolean =>
  layerOf(target) !== null || /^(prisma|scripts|__tests__)\//.test(target)

function misplacedPackages(file: SourceFile): string[] {
  return file.imports.flatMap((target) => {
    if (isOurs(target)) return []
    const rule = PACKAGES.find(([name]) => name.test(target))
    const placed = rule === undefined || rule[1].test(file.path)
    const inLib = file.path.startsWith('lib/') && !LIB_PACKAGES.includes(target)
    return placed && !inLib ? [] : [`${file.path} → ${target}`]
  })
}

const linesWith = (pattern: RegExp, files: readonly SourceFile[]): string[] =>
  files.flatMap(({ path: file, text }) =>
    text
      .split('\n')
      .flatMap((line, index) => (pattern.test(line) ? [`${file}:${index + 1} ${line.trim()}`] : [])),
  )

/** `import … from` and `export … from` that bring at least one value: types leave no trace in a bundle. */
const VALUE_IMPORT = /^(?:import|export)\s(?!type\b)([^'";]*?)\bfrom\s*['"]([^'"]+)['"]/gm

const bringsValues = (names: string): boolean =>
  !/^\{[^}]*\}\s*$/.test(names) || /(?:[{,]\s*)(?!type\b)\w/.test(names)

/** All that a browser fetches with these files, at once: without what they load on demand. */
function loadedWith(entries: readonly string[]): string[] {
  const reached = new Set(entries)
  for (const file of reached) {
    const text = SOURCES.find((source) => source.path === file)?.text ?? ''
    const values = [...text.matchAll(VALUE_IMPORT)].filter(([, names]) => bringsValues(names ?? ''))
    const { imports } = sourceFile(file, values.map(([whole]) => whole).join('\n'))
    for (const target of imports) reached.add(target)
  }
  return [...reached]
}

const inFolders = (...folders: readonly string[]): SourceFile[] =>
  SOURCES.filter(({ path: file }) => folders.some((folder) => file.startsWith(`${folder}/`)))

describe('arrows', () => {
  test('[ARCH-1] a layer imports only what stands before it', () => {
    expect(SOURCES.length).toBeGreaterThan(100)
    expect(SOURCES.flatMap(forbiddenArrows)).toEqual([])
  })

  test.each([
    ['lib/protocol/x.ts', "import { a } from '#lib/domain/a.ts'"],
    ['lib/domain/x.ts', "export { a } from '../call/a.ts'"],
    ['lib/call/x.ts', "const a = await import('#components/call/a.tsx')"],
    ['components/ui/x.tsx', "import '#server/a.ts'"],
    ['server/x.ts', "import type {\n  A,\n} from '../app/a.ts'"],
    ['server/x.ts', "import { a } from '#lib/call/a.ts'"],
    ['components/x.tsx', "import { a } from '../app/a.tsx'"],
  ])('[ARCH-1] in %s, %j is seen', (file, text) => {
    expect(forbiddenArrows(sourceFile(file, text))).toHaveLength(1)
  })

  test('[ARCH-2] a package is imported only where it belongs', () => {
    expect(SOURCES.flatMap(misplacedPackages)).toEqual([])
  })

  test.each([
    ['lib/store.ts', "import { useState } from 'react'"],
    ['server/auth/x.ts', "import { headers } from 'next/headers'"],
    ['server/auth/x.ts', "import { PrismaClient } from '@prisma/client'"],
    ['lib/call/Call.ts', "import { io } from 'socket.io-client'"],
    ['lib/call/sfu/SfuEngine.ts', "const livekit = await import('livekit-client')"],
    ['server/realtime/x.ts', "import { AccessToken } from 'livekit-server-sdk'"],
    ['server/recordings/intake/x.ts', "import { Input } from 'mediabunny'"],
    ['server/recordings/storage/Other.ts', "import { S3Client } from '@aws-sdk/client-s3'"],
    ['components/recordings/x.ts', "import { parseText } from 'media-captions'"],
    ['lib/domain/x.ts', "import { createHash } from 'node:crypto'"],
    ['lib/call/recording/x.ts', "import { Input } from 'mediabunny'"],
    ['lib/domain/x.ts', "import _ from 'lodash'"],
  ])('[ARCH-2] in %s, %j is seen', (file, text) => {
    expect(misplacedPackages(sourceFile(file, text))).toHaveLength(1)
  })

  test('[ARCH-2] signalling is the one file that knows the socket', () => {
    const knowing = SOURCES.filter(({ imports }) => imports.includes('socket.io-client'))
    expect(knowing.map((file) => file.path)).toEqual(['lib/call/signalling/SocketSignalling.ts'])
  })

  test('[ARCH-2] one file knows the SFU’s client, and loads it only when asked', () => {
    const knowing = SOURCES.filter(({ imports }) => imports.includes('livekit-client'))
    expect(knowing.map((file) => file.path)).toEqual(['lib/call/sfu/liveKit.ts'])
    expect(linesWith(/^import (?!type ).*livekit-client/, knowing)).toEqual([])
  })

  test('[ARCH-13] who opens a link or joins does not download what checks messages, or what joins recordings', () => {
    const reached = loadedWith([
      'components/lobby/MeetingScreen.tsx',
      'lib/call/createCall.ts',
      'components/call/CallScreen.tsx',
    ])
    expect(reached).toContain('lib/call/mesh/MeshEngine.ts')
    expect(reached.filter((target) => /^(zod|mediabunny|livekit.*)$/.test(target))).toEqual([])
  })

  test('[ARCH-3] server code resolves to nothing in a browser bundle', () => {
    expect(readJson('package.json')).toMatchObject({ imports: { '#server/*': { browser: null } } })
  })
})

describe('source', () => {
  test('[PR-1] no SQL is built from text', () => {
    expect(linesWith(/\$(query|execute)RawUnsafe|\bPrisma\.raw\b/, SOURCES)).toEqual([])
  })

  test('[ARCH-4] lib and server keep no state in modules, which exist several times in one process', () => {
    expect(linesWith(/^(export )?(let|var) /, inFolders('lib', 'server'))).toEqual([])
    expect(
      linesWith(
        /^(export )?const \w+.*= new (Map|Set|WeakMap|WeakSet)(<[^(]*>)?\(\)/,
        inFolders('lib', 'server'),
      ),
    ).toEqual([])
  })

  test('[ARCH-5] lib reads no environment', () => {
    expect(linesWith(/\bprocess\./, inFolders('lib'))).toEqual([])
  })

  test('[ARCH-6] no file only hands on what others export', () => {
    const barrels = SOURCES.filter(({ text }) => /^export (\*|\{[^}]*\}) from/m.test(text))
    expect(barrels.map((file) => file.path)).toEqual([])
    expect(SOURCES.filter((file) => /(^|\/)index\.tsx?$/.test(file.path))).toEqual([])
  })

  test('[ARCH-7] neither server actions nor middleware: one pipeline sees every request', () => {
    expect(linesWith(/^\s*['"]use server['"]/, SOURCES)).toEqual([])
    expect(readSources(ROOT, ['middleware.ts', 'proxy.ts', 'app/middleware.ts', 'src'])).toEqual([])
  })

  test('[ARCH-8] the composition root stays a page long', () => {
    expect(readFileSync(path.join(ROOT, 'server.ts'), 'utf8').split('\n').length).toBeLessThanOrEqual(100)
  })
})

describe('packages', () => {
  /** From the advisories known in November 2026: below these versions there is a published hole. */
  const FLOORS: Readonly<Record<string, string>> = {
    next: '16.3.3',
    react: '19.2.6',
    'react-dom': '19.2.6',
    'next-auth': '4.24.15',
    'socket.io': '4.8.4',
    'socket.io-parser': '4.2.7',
    'engine.io': '6.6.9',
    ws: '8.21.0',
  }

  test('[ARCH-9] nothing is older than the advisories allow, at any depth', () => {
    const installed = lockedPackages().flatMap(({ name, version }) => {
      const floor = FLOORS[name]
      return floor === undefined ? [] : [{ name, version, floor }]
    })
    expect(new Set(installed.map(({ name }) => name))).toEqual(new Set(Object.keys(FLOORS)))
    expect(installed.filter(({ version, floor }) => isOlder(version, floor))).toEqual([])
  })

  test('[ARCH-9] versions are compared by number', () => {
    expect(isOlder('16.3.2', '16.3.3')).toBe(true)
    expect(isOlder('16.10.0', '16.9.9')).toBe(false)
    expect(isOlder('8.21.0', '8.21.0')).toBe(false)
    expect(isOlder('19.2.6-rc.1', '19.2.6')).toBe(true)
  })

  test('[ARCH-10] the lock file names no registry', () => {
    expect(lockedPackages().filter(({ resolved }) => resolved !== undefined)).toEqual([])
  })

  test('[ARCH-12] the lock file has the packages of all platforms, or npm ci refuses it elsewhere (scripts/complete-lock.mjs)', () => {
    const packages = readJson('package-lock.json').packages ?? {}
    const optional = Object.values(packages).flatMap((entry) =>
      Object.entries(entry.optionalDependencies ?? {}),
    )
    const exact = optional.flatMap(([name, version]) => (/^\d/.test(version) ? [name] : []))
    expect(exact.length).toBeGreaterThan(50)
    expect(exact.filter((name) => packages[`node_modules/${name}`] === undefined)).toEqual([])
  })

  test('[ARCH-11] every dependency is pinned to one version', () => {
    const { dependencies, devDependencies, optionalDependencies } = readJson('package.json')
    const loose = Object.entries({ ...dependencies, ...devDependencies, ...optionalDependencies }).filter(
      ([, version]) => !/^\d+\.\d+\.\d+(-[\w.]+)?$/.test(version),
    )
    expect(loose).toEqual([])
  })
})

type Manifest = Readonly<
  Record<'dependencies' | 'devDependencies' | 'optionalDependencies', Record<string, string>>
>
type LockedPackage = {
  readonly version?: string
  readonly resolved?: string
  readonly optionalDependencies?: Readonly<Record<string, string>>
}

function readJson(file: string): Manifest & { readonly packages?: Readonly<Record<string, LockedPackage>> } {
  return JSON.parse(readFileSync(path.join(ROOT, file), 'utf8'))
}

function lockedPackages(): { name: string; version: string; resolved: string | undefined }[] {
  return Object.entries(readJson('package-lock.json').packages ?? {}).flatMap(
    ([place, { version, resolved }]) => {
      const name = place.split('node_modules/').at(-1) ?? ''
      return name === '' || version === undefined ? [] : [{ name, version, resolved }]
    },
  )
}

/** By major, minor, patch; a pre-release of a version is older than the version. */
function isOlder(version: string, floor: string): boolean {
  const [left, right] = [version, floor].map((text) => text.split(/[.-]/).slice(0, 3).map(Number))
  for (let at = 0; at < 3; at += 1) {
    const difference = (left?.[at] ?? 0) - (right?.[at] ?? 0)
    if (difference !== 0) return difference < 0
  }
  return version.includes('-') && !floor.includes('-')
}
