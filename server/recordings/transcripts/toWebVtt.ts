import type { Caption } from './readCaptions.ts'

const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;' }

/** Captions as the one form that is kept: of markup only who speaks, everything else text that nobody interprets. */
export function toWebVtt(captions: readonly Caption[]): string {
  const cues = captions.map(({ fromMs, toMs, speaker, text }) => {
    const voice = speaker === null ? '' : `<v ${escaped(speaker)}>`
    return `${timestamp(fromMs)} --> ${timestamp(toMs)}\n${voice}${escaped(text)}\n`
  })
  return ['WEBVTT\n', ...cues].join('\n')
}

const escaped = (text: string): string => text.replace(/[&<>]/g, (character) => ENTITIES[character] ?? '')

const two = (value: number): string => String(Math.floor(value)).padStart(2, '0')

function timestamp(ms: number): string {
  const seconds = two((ms / 1000) % 60)
  const milliseconds = String(ms % 1000).padStart(3, '0')
  return `${two(ms / 3_600_000)}:${two((ms / 60_000) % 60)}:${seconds}.${milliseconds}`
}
