import { tokenizeVTTCue, type VTTCue, type VTTNode } from 'media-captions'

/** What one person says within a caption; `speaker` is null where the file does not tell. */
export type Piece = { readonly speaker: string | null; readonly text: string }

const LONGEST_NAME = 80
/** What opens or closes something that captions know, a moment within one included; any other `<` is a character. */
const NO_TAG = /<(?!\/?(?:c|i|b|u|ruby|rt|v|lang|font)(?:[ .][^<>]*)?>|[\d:.]+>)/g
/** SubRip's own tag, which the tokenizer does not know. */
const FONT = /<\/?font(?: [^<>]*)?>/g
/** Controls, and marks that turn the text after them around. Joiners stay: some writing needs them. */
const UNSEEN = /[\p{Cc}\p{Co}\p{Cn}\p{Cs}\p{Zl}\p{Zp}\u202A-\u202E\u2066-\u2069]/gu

/** A caption as plain words, by who says them. What looks like HTML is text; what captions know as markup is left out. */
export function spokenPieces(cue: VTTCue): Piece[] {
  cue.text = cue.text.replace(NO_TAG, '&lt;').replace(FONT, '')
  const pieces: Piece[] = []
  collect(tokenizeVTTCue(cue), null, pieces)
  return joined(pieces)
    .map(({ speaker, text }) => ({ speaker, text: visibleLines(text) }))
    .filter(({ text }) => text !== '')
}

function collect(nodes: readonly VTTNode[], speaker: string | null, into: Piece[]): void {
  for (const node of nodes) {
    if (node.type === 'text') into.push({ speaker, text: node.data })
    else collect(node.children, node.type === 'v' ? nameOf(node.voice) : speaker, into)
  }
}

function joined(pieces: readonly Piece[]): Piece[] {
  const all: Piece[] = []
  for (const piece of pieces) {
    const last = all.at(-1)
    if (last?.speaker !== piece.speaker) all.push(piece)
    else all[all.length - 1] = { ...last, text: last.text + piece.text }
  }
  return all
}

/** `voice` is missing where a tag has no name in it. */
function nameOf(voice: string | undefined): string | null {
  const name = visible(voice ?? '')
    .replaceAll('\n', ' ')
    .trim()
  return name === '' ? null : [...name].slice(0, LONGEST_NAME).join('')
}

const visible = (text: string): string =>
  text.normalize('NFC').replace(UNSEEN, (character) => (character === '\n' ? '\n' : ' '))

const visibleLines = (text: string): string =>
  visible(text)
    .split('\n')
    .map((line) => line.replace(/ +/g, ' ').trim())
    .filter((line) => line !== '')
    .join('\n')
