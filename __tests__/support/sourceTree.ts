import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import path from 'node:path'

export type SourceFile = { readonly path: string; readonly text: string; readonly imports: readonly string[] }

/** `import … from`, `export … from`, `import '…'` at a line's start, and `import('…')` anywhere. */
const STATIC = /^(?:import|export)\b[^'";]*?\bfrom\s*['"]([^'"]+)['"]|^import\s*['"]([^'"]+)['"]/gm
const DYNAMIC = /\bimport\(\s*['"]([^'"]+)['"]\s*\)/g
const ALIAS = /^#(server|lib|components)\//

/** Every TypeScript file in these folders, and these files themselves; paths from the project folder. */
export function readSources(root: string, places: readonly string[]): SourceFile[] {
  return places
    .flatMap((place) => filesIn(root, place))
    .map((file) => sourceFile(file, readFileSync(path.join(root, file), 'utf8')))
}

export function sourceFile(file: string, text: string): SourceFile {
  const specifiers = [...text.matchAll(STATIC), ...text.matchAll(DYNAMIC)].map(
    (found) => found[1] ?? found[2] ?? '',
  )
  return { path: file, text, imports: specifiers.map((specifier) => resolve(file, specifier)) }
}

/** A path of ours from the project folder (`lib/store.ts`), or the package's specifier as it stands (`next/link`). */
function resolve(from: string, specifier: string): string {
  if (ALIAS.test(specifier)) return specifier.slice(1)
  if (specifier.startsWith('.')) return path.posix.join(path.posix.dirname(from), specifier)
  return specifier
}

function filesIn(root: string, place: string): string[] {
  const full = path.join(root, place)
  if (!existsSync(full)) return []
  if (!statSync(full).isDirectory()) return [place]
  return readdirSync(full, { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.tsx?$/.test(name))
    .map((name) => path.posix.join(place, name.split(path.sep).join('/')))
}
