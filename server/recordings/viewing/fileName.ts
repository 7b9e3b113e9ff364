import { fileStem } from './contentDisposition.ts'

type Named = {
  readonly title: string
  readonly kind: string
  readonly mimeType: string
  readonly personName: string | null
}

const extensionOf = (mimeType: string): string => {
  const [type = ''] = mimeType.split(';', 1)
  if (type.endsWith('/mp4')) return 'mp4'
  if (type === 'text/vtt') return 'vtt'
  return type === 'audio/ogg' ? 'ogg' : 'webm'
}

/** What a file is called where it is saved: the recording's title, and what tells it from its siblings. */
export function fileName({ title, kind, mimeType, personName }: Named): string {
  const rest = [kind === 'clip' ? 'clip' : '', kind === 'audio' ? 'audio' : '', personName ?? '']
  const words = [title, ...rest].filter((part) => part !== '').join(' - ')
  return `${fileStem(words)}.${extensionOf(mimeType)}`
}
