// The build's files as brotli at its best, made once instead of at each answer. Plain Node only.
import { readdir, readFile, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { promisify } from 'node:util'
import zlib from 'node:zlib'

const compress = promisify(zlib.brotliCompress)
/** Pictures and fonts are compressed already. */
const TEXT = /\.(js|css|svg)$/

/**
 * Writes `<file>.br` beside each text file of a build; server/http/PrecompressedFiles.ts answers with them.
 *
 * @param {string} folder the build's static files
 */
export async function precompress(folder) {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  const files = entries.filter((entry) => entry.isFile() && TEXT.test(entry.name))
  await Promise.all(
    files.map(async (entry) => {
      const file = path.join(entry.parentPath ?? entry.path, entry.name)
      const content = await readFile(file)
      const smaller = await compress(content, {
        params: {
          [zlib.constants.BROTLI_PARAM_QUALITY]: zlib.constants.BROTLI_MAX_QUALITY,
          [zlib.constants.BROTLI_PARAM_SIZE_HINT]: content.length,
        },
      })
      await writeFile(`${file}.br`, smaller)
    }),
  )
}
