type SaveFilePicker = (options: {
  suggestedName: string
  types: { description: string; accept: Record<string, string[]> }[]
}) => Promise<FileSystemFileHandle>

/**
 * Asks where a WebM should be saved. To be called from a press of a button: only then a browser asks.
 *
 * @returns null where it cannot ask (all but Chromium), so that it is a download
 */
export async function chooseFile(suggestedName: string): Promise<FileSystemFileHandle | 'cancelled' | null> {
  const { showSaveFilePicker } = window as { showSaveFilePicker?: SaveFilePicker }
  if (showSaveFilePicker === undefined) return null
  try {
    const types = [{ description: 'WebM video', accept: { 'video/webm': ['.webm'] } }]
    return await showSaveFilePicker.call(window, { suggestedName, types })
  } catch (error) {
    if (error instanceof DOMException && error.name === 'AbortError') return 'cancelled'
    throw error
  }
}

/** After this the browser has long begun to read it. */
const REVOKE_AFTER_MS = 60_000

export function download(file: Blob, name: string): void {
  const url = URL.createObjectURL(file)
  const link = document.createElement('a')
  link.href = url
  link.download = name
  link.click()
  setTimeout(() => URL.revokeObjectURL(url), REVOKE_AFTER_MS)
}

/** By this person's own clock, in an order that sorts. @param startedAt ms since the epoch */
export function fileNameOf(what: string, startedAt: number): string {
  const at = new Date(startedAt)
  const two = (value: number): string => String(value).padStart(2, '0')
  const day = `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}`
  return `${what} ${day} ${two(at.getHours())}-${two(at.getMinutes())}.webm`
}
