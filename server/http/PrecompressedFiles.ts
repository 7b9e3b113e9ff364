import { readdirSync, readFileSync } from 'node:fs'
import type { IncomingMessage, ServerResponse } from 'node:http'
import path from 'node:path'

type File = { readonly type: string; readonly body: Buffer }

const TYPES: Readonly<Record<string, string>> = {
  '.js': 'application/javascript; charset=UTF-8',
  '.css': 'text/css; charset=UTF-8',
  '.svg': 'image/svg+xml',
}
const SUFFIX = '.br'

/**
 * The build's scripts and styles, compressed by brotli when it was made (scripts/precompress.mjs): a seventh less to
 * wait for than with gzip, at no cost per answer. Half a megabyte, kept in memory: only what was found at the start is
 * ever answered, and no request names a file.
 */
export class PrecompressedFiles {
  readonly #files = new Map<string, File>()

  /**
   * @param folder the build's static files; without such a folder, or without compressed files in it, nothing is
   *   answered and Next serves all
   * @param prefix the URL path under which they are known
   */
  constructor(folder: string, prefix: string) {
    for (const name of compressedIn(folder)) {
      const plain = name.slice(0, -SUFFIX.length)
      const type = TYPES[path.extname(plain)]
      if (type === undefined) continue
      const url = prefix + plain.split(path.sep).join('/')
      this.#files.set(url, { type, body: readFileSync(path.join(folder, name)) })
    }
  }

  /**
   * Answers when this very file is here and the browser takes brotli. Conditional and partial requests are left to Next,
   * whose tags they refer to.
   *
   * @returns false when somebody else has to answer
   */
  answer(request: IncomingMessage, response: ServerResponse, urlPath: string): boolean {
    const { headers, method } = request
    const file = this.#files.get(urlPath)
    if (!file || !(method === 'GET' || method === 'HEAD')) return false
    if (headers.range || headers['if-none-match'] || headers['if-modified-since']) return false
    if (!acceptsBrotli(headers['accept-encoding'])) return false
    response.statusCode = 200
    response.setHeader('Content-Type', file.type)
    response.setHeader('Content-Encoding', 'br')
    response.setHeader('Content-Length', file.body.length)
    response.setHeader('Vary', 'Accept-Encoding')
    // A file's name changes with its content.
    response.setHeader('Cache-Control', 'public, max-age=31536000, immutable')
    response.end(method === 'HEAD' ? undefined : file.body)
    return true
  }
}

/** RFC 9110 §12.5.3: named, and not with a weight of 0. A `*` alone is not taken as a wish for it. */
function acceptsBrotli(header: string | string[] | undefined): boolean {
  return String(header ?? '')
    .toLowerCase()
    .split(',')
    .some((part) => {
      const [name = '', ...parameters] = part.split(';').map((one) => one.trim())
      return name === 'br' && !parameters.some((one) => /^q=0(\.0*)?$/.test(one))
    })
}

function compressedIn(folder: string): string[] {
  try {
    return readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith(SUFFIX))
  } catch {
    return []
  }
}
