import type { KeptRecording } from '#lib/call/recording/kept/KeptRecordings.ts'

type SaveFilePicker = (options: {
  suggestedName: string
  types: { description: string; accept: Record<string, string[]> }[]
}) => Promise<FileSystemFileHandle>

/**
 * `saved`: in the file that the person chose, and no longer here. `downloaded`: handed to the browser, which does not say
 * when it is done: the copy here stays until the person deletes it. `cancelled`: they have chosen no file.
 */
export type Saved = 'saved' | 'downloaded' | 'cancelled'

/** Loaded when there is something: who opens a page has nothing to save as a rule. */
export const openKept = async () =>
  (await import('#lib/call/recording/kept/openKeptRecordings.ts')).openKeptRecordings()

/**
 * To be called from a press of a button: only then a browser asks where to. Where it cannot ask (all but Chromium) it is a
 * download.
 *
 * @throws when it could not be saved: then it is here as before
 */
export async function saveKept({ id, startedAt }: KeptRecording): Promise<Saved> {
  const name = fileNameOf(startedAt)
  const picker = (window as { showSaveFilePicker?: SaveFilePicker }).showSaveFilePicker
  const chosen = picker === undefined ? null : await choose(picker.bind(window), name)
  if (chosen === 'cancelled') return 'cancelled'
  const kept = await openKept()
  if (kept === null) throw new Error('this browser keeps no files')
  if (chosen === null) {
    download(await kept.file(id), name)
    return 'downloaded'
  }
  await kept.forget(id, await kept.save(id, await chosen.createWritable()))
  return 'saved'
}

async function choose(picker: SaveFilePicker, suggestedName: string) {
  try {
    const types = [{ description: 'WebM video', accept: { 'video/webm': ['.webm'] } }]
    return await picker({ suggestedName, types })
  } catch (error) {
    if (error instanceof DOMException && error.name === 'AbortError') return 'cancelled'
    throw error
  }
}

/** After this the browser has long begun to read it. */
const REVOKE_AFTER_MS = 60_000

function download(file: Blob, name: string): void {
  const url = URL.createObjectURL(file)
  const link = document.createElement('a')
  link.href = url
  link.download = name
  link.click()
  setTimeout(() => URL.revokeObjectURL(url), REVOKE_AFTER_MS)
}

/** By this person's own clock, in an order that sorts. */
function fileNameOf(startedAt: number): string {
  const at = new Date(startedAt)
  const two = (value: number): string => String(value).padStart(2, '0')
  const day = `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}`
  return `Recording ${day} ${two(at.getHours())}-${two(at.getMinutes())}.webm`
}
