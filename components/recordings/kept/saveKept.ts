import type { KeptRecording } from '#lib/call/recording/kept/KeptRecordings.ts'
import { chooseFile, download, fileNameOf } from '../saveFile.ts'

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
  const name = fileNameOf('Recording', startedAt)
  const chosen = await chooseFile(name)
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
