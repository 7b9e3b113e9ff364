import type { MediaTarget } from './mediaAccess.ts'

const UUID = '[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}'
const PATH = new RegExp(`^/api/(recordings|shared)/(${UUID})/files/(${UUID})$`)

/** The file that an address is of, and whether it is to be saved; null when it is no such address. */
export function mediaTarget(url: string | undefined): (MediaTarget & { readonly download: boolean }) | null {
  const [path = '', query = ''] = (url ?? '').split('?', 2)
  const [, door, id, fileId] = PATH.exec(path) ?? []
  if (door === undefined || id === undefined || fileId === undefined) return null
  const download = new URLSearchParams(query).get('download') === '1'
  return { by: door === 'recordings' ? 'owner' : 'share', id, fileId, download }
}
