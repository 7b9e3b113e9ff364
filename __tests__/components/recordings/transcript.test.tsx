import { act, fireEvent, render, screen, waitFor, within } from '@testing-library/react'
import { RecordingScreen } from '#components/recordings/RecordingScreen.tsx'
import { SharedRecording } from '#components/recordings/sharing/SharedRecording.tsx'
import { MAX_TRANSCRIPT_BYTES } from '#lib/protocol/viewing.ts'
import { installFakeApi, refusal } from '../../support/fakeApi.ts'
import { RECORDING } from '../../support/recordingFixtures.ts'
import { installStageDom } from '../../support/stageDom.tsx'

installStageDom()
const PATH = `/api/recordings/${RECORDING.id}`
const FILE = {
  id: 'file-vtt',
  kind: 'transcript' as const,
  mimeType: 'text/vtt; charset=utf-8',
  bytes: 2_000,
  durationMs: 70_000,
  film: 0,
  fromMs: null,
  participantId: null,
  personName: null,
}
const TRANSCRIBED = { ...RECORDING, files: [...RECORDING.files, FILE] }

/** jsdom reads no captions: what a browser makes of a file is here. Nothing of ours is replaced. */
type Said = readonly [fromS: number, toS: number, speaker: string | null, text: string]
const SAID: readonly Said[] = [
  [1, 3, 'Ada', 'Good morning, <b>everybody</b>.'],
  [4, 6, 'Ada', 'Shall we begin?'],
  [10, 12, 'Grace', 'The budget first.'],
  [61, 63, 'Ada', 'Then the roadmap, and the BUDGET again.'],
]
const cueOf = ([startTime, endTime, speaker, text]: Said) => ({
  startTime,
  endTime,
  getCueAsHTML() {
    const words = document.createDocumentFragment()
    const span = document.createElement('span')
    if (speaker !== null) span.title = speaker
    span.textContent = text
    words.append(span)
    return words
  },
})
let tracks: Map<HTMLTrackElement, { mode: string; cues: unknown[] }>
let readyState = 0
let scrolled = 0
beforeEach(() => {
  tracks = new Map()
  readyState = 0
  scrolled = 0
  Element.prototype.scrollTo = () => {
    scrolled += 1
  }
  Object.defineProperty(window, 'matchMedia', { configurable: true, value: () => ({ matches: true }) })
  HTMLMediaElement.prototype.load = () => undefined
  Object.defineProperty(HTMLTrackElement.prototype, 'readyState', {
    configurable: true,
    get: () => readyState,
  })
  Object.defineProperty(HTMLTrackElement.prototype, 'track', {
    configurable: true,
    get() {
      if (!tracks.has(this)) tracks.set(this, { mode: 'disabled', cues: [] })
      return tracks.get(this)
    },
  })
})

const track = (): HTMLTrackElement => {
  const element = document.querySelector('track')
  if (!element) throw new Error('no track')
  return element
}
function come(said: readonly Said[] = SAID): void {
  readyState = 2
  act(() => {
    Object.assign(tracks.get(track()) ?? {}, { cues: said.map(cueOf) })
    fireEvent(track(), new Event('load'))
  })
}
const film = (): HTMLVideoElement => document.querySelector('video') as HTMLVideoElement
const at = (seconds: number): void => {
  act(() => {
    film().currentTime = seconds
    fireEvent(film(), new Event('timeupdate'))
  })
}
const list = () => within(screen.getByRole('list', { name: 'Transcript' }))
const lines = (): string[] =>
  list()
    .getAllByRole('button')
    .map((line) => line.textContent ?? '')
const current = (): string[] =>
  list()
    .getAllByRole('button')
    .filter((line) => line.getAttribute('aria-current') === 'true')
    .map((line) => line.textContent ?? '')
const openTab = (name: string): void => {
  fireEvent.mouseDown(screen.getByRole('tab', { name }), { button: 0 })
}
const picker = (): HTMLInputElement => document.querySelector('input[type=file]') as HTMLInputElement
const choose = (name: string, size = 20): void => {
  const file = new File(['WEBVTT'], name)
  Object.defineProperty(file, 'size', { value: size })
  fireEvent.change(picker(), { target: { files: [file] } })
}

describe('reading', () => {
  it('[REC-128] what was said stands by person, as text; the browser fetches it by the recording’s own address', () => {
    render(<RecordingScreen first={TRANSCRIBED} />)
    expect(track().getAttribute('src')).toBe(`${PATH}/files/file-vtt`)
    expect([track().kind, tracks.get(track())?.mode]).toEqual(['captions', 'hidden'])
    expect(screen.getByRole('tab', { name: 'Transcript', selected: true })).toBeTruthy()
    expect(screen.getByLabelText('Loading the transcript')).toBeTruthy()
    come()
    const paragraphs = list().getAllByRole('listitem')
    expect(paragraphs.map((one) => within(one).getAllByRole('button').length)).toEqual([2, 1, 1])
    expect(within(paragraphs[1] as HTMLElement).getByText('Grace')).toBeTruthy()
    expect(lines()[0]).toBe('0:01Good morning, <b>everybody</b>.')
    expect(document.querySelector('li b')).toBeNull()
  })

  it('[REC-128] the present line is marked and in view, until somebody scrolls; then they can follow again', () => {
    render(<RecordingScreen first={TRANSCRIBED} />)
    come()
    expect(current()).toEqual([])
    at(5)
    expect(current()).toEqual(['0:04Shall we begin?'])
    const before = scrolled
    at(11)
    expect([current(), scrolled > before]).toEqual([['0:10The budget first.'], true])
    fireEvent.wheel(screen.getByRole('list', { name: 'Transcript' }))
    const left = scrolled
    at(62)
    expect([current().length, scrolled]).toEqual([1, left])
    fireEvent.click(screen.getByRole('button', { name: 'Follow the film' }))
    expect(scrolled).toBe(left + 1)
    expect(screen.queryByRole('button', { name: 'Follow the film' })).toBeNull()
  })

  it('[REC-128] a line leads to its moment; arrows go from line to line, of which one is reached by Tab', () => {
    render(<RecordingScreen first={TRANSCRIBED} />)
    come()
    fireEvent.click(list().getByRole('button', { name: /The budget first/ }))
    expect(film().currentTime).toBe(10)
    const all = list().getAllByRole('button')
    expect(all.map((line) => line.tabIndex)).toEqual([-1, -1, 0, -1])
    act(() => all[2]?.focus())
    for (const [key, place] of [
      ['ArrowDown', 3],
      ['ArrowDown', 3],
      ['ArrowUp', 2],
      ['Home', 0],
      ['End', 3],
    ] as const) {
      fireEvent.keyDown(document.activeElement ?? window, { key })
      expect([key, document.activeElement]).toEqual([key, all[place]])
    }
    expect([film().volume, film().currentTime]).toEqual([1, 10])
  })

  it('[REC-128] searching leaves what was found, marked, and says how much that is', async () => {
    render(<RecordingScreen first={TRANSCRIBED} />)
    come()
    const field = screen.getByRole('searchbox', { name: 'Search the transcript' })
    fireEvent.change(field, { target: { value: ' budget' } })
    await waitFor(() => expect(lines()).toHaveLength(2))
    expect(screen.getByText('2 of 4 lines').getAttribute('role')).toBe('status')
    expect([...document.querySelectorAll('mark')].map((mark) => mark.textContent)).toEqual([
      'budget',
      'BUDGET',
    ])
    expect(list().getAllByRole('button')[0]?.tabIndex).toBe(0)
    const left = scrolled
    at(62)
    expect(scrolled).toBe(left)
    fireEvent.change(field, { target: { value: 'xyz' } })
    await screen.findByText('Nobody said this.')
    fireEvent.change(field, { target: { value: '' } })
    await waitFor(() => expect(lines()).toHaveLength(4))
  })

  it('[REC-128] of a file without names they are of who was heard, and that is said', () => {
    render(<RecordingScreen first={TRANSCRIBED} />)
    come([[70, 80, null, 'I was heard.']])
    expect(list().getByText('Ada')).toBeTruthy()
    expect(screen.getByText('Names are of who was heard at the time.')).toBeTruthy()
  })

  it('[REC-128] what could not be loaded says so, and is asked for again', () => {
    render(<RecordingScreen first={TRANSCRIBED} />)
    readyState = 3
    fireEvent(track(), new Event('error'))
    expect(screen.getByText('The transcript could not be loaded.')).toBeTruthy()
    fireEvent.click(screen.getByRole('button', { name: 'Try again' }))
    expect(screen.getByLabelText('Loading the transcript')).toBeTruthy()
    come()
    expect(lines()).toHaveLength(4)
  })
})

describe('captions', () => {
  it('[REC-129] are off at first, and turned on and off by button and by C', () => {
    render(<RecordingScreen first={TRANSCRIBED} />)
    come()
    const button = screen.getByRole('button', { name: 'Captions' })
    const shown = () => [button.getAttribute('aria-pressed'), tracks.get(track())?.mode]
    expect(shown()).toEqual(['false', 'hidden'])
    fireEvent.click(button)
    expect(shown()).toEqual(['true', 'showing'])
    fireEvent.keyDown(window, { key: 'c' })
    expect(shown()).toEqual(['false', 'hidden'])
    fireEvent.keyDown(screen.getByRole('searchbox'), { key: 'c' })
    expect(shown()).toEqual(['false', 'hidden'])
  })

  it('[REC-129] without a transcript there is nothing to turn on', () => {
    render(<RecordingScreen first={RECORDING} />)
    expect(screen.queryByRole('button', { name: 'Captions' })).toBeNull()
    fireEvent.keyDown(window, { key: 'c' })
    expect(document.querySelector('track')).toBeNull()
  })
})

describe('its owner', () => {
  it('[REC-128] reads what may be added, adds it, and reads it', async () => {
    const sent = installFakeApi({
      [`PUT ${PATH}/transcript`]: { body: { transcript: {} } },
      [`GET ${PATH}`]: { body: { recording: TRANSCRIBED } },
      [`HEAD ${PATH}/files/file-webm`]: {},
    })
    render(<RecordingScreen first={RECORDING} />)
    expect(screen.getByRole('tab', { name: 'Chat', selected: true })).toBeTruthy()
    openTab('Transcript')
    expect(screen.getByText(/WebVTT \(\.vtt\) or SubRip \(\.srt\)/)).toBeTruthy()
    let opened = 0
    picker().click = () => {
      opened += 1
    }
    fireEvent.click(screen.getByRole('button', { name: 'Add a transcript' }))
    expect(opened).toBe(1)
    choose('planning.SRT')
    await waitFor(() => expect(document.querySelector('track')).toBeTruthy())
    come()
    expect(lines()).toHaveLength(4)
    expect(sent.map(({ method }) => method)).toEqual(expect.arrayContaining(['PUT', 'GET']))
  })

  it('[REC-128] reads what is wrong with a file, and that one is too large before it is sent', async () => {
    const sent = installFakeApi({
      [`PUT ${PATH}/transcript`]: refusal(400, 'Line 14: this has no time.'),
      [`HEAD ${PATH}/files/file-webm`]: {},
    })
    render(<RecordingScreen first={RECORDING} />)
    openTab('Transcript')
    choose('x.vtt', MAX_TRANSCRIPT_BYTES + 1)
    await screen.findByText(/larger than 2 MiB/)
    expect(sent.some(({ method }) => method === 'PUT')).toBe(false)
    choose('x.vtt')
    const told = await screen.findByText('It was not added. Line 14: this has no time.')
    expect(told.closest('[role=alert]')).toBeTruthy()
    expect(screen.getByRole('button', { name: 'Add a transcript' })).toBeTruthy()
  })

  it('[REC-128] removes it when asked for twice', async () => {
    const sent = installFakeApi({
      [`DELETE ${PATH}/transcript`]: { body: {} },
      [`GET ${PATH}`]: { body: { recording: RECORDING } },
      [`HEAD ${PATH}/files/file-webm`]: {},
    })
    render(<RecordingScreen first={TRANSCRIBED} />)
    come()
    fireEvent.keyDown(screen.getByRole('button', { name: 'More about the transcript' }), { key: 'Enter' })
    fireEvent.click(await screen.findByRole('menuitem', { name: 'Remove the transcript…' }))
    await screen.findByRole('dialog', { name: 'Remove the transcript?' })
    expect(sent.some(({ method }) => method === 'DELETE')).toBe(false)
    fireEvent.click(screen.getByRole('button', { name: 'Remove transcript' }))
    await screen.findByRole('button', { name: 'Add a transcript' })
    expect([document.querySelector('track'), screen.queryByRole('dialog')]).toEqual([null, null])
  })

  it('[REC-128] finds it in the download menu', async () => {
    render(<RecordingScreen first={TRANSCRIBED} />)
    fireEvent.keyDown(screen.getByRole('button', { name: 'Download' }), { key: 'Enter' })
    const item = await screen.findByRole('menuitem', { name: /^Transcript \(\.vtt\)/ })
    expect(item.getAttribute('href')).toBe(`${PATH}/files/file-vtt?download=1`)
  })
})

describe('who has a link', () => {
  const SHARED = { ...TRANSCRIBED, owned: false, mayDownload: false }
  const shown = (first: typeof SHARED) =>
    render(
      <SharedRecording shareId="link" first={first} onOver={() => undefined} onClosed={() => undefined} />,
    )

  it('[REC-128] reads it, and changes nothing', () => {
    shown(SHARED)
    expect(track().getAttribute('src')).toBe('/api/shared/link/files/file-vtt')
    come()
    expect(lines()).toHaveLength(4)
    expect(screen.getByRole('button', { name: 'Captions' })).toBeTruthy()
    expect(screen.queryByRole('button', { name: 'More about the transcript' })).toBeNull()
    expect(document.querySelector('input[type=file]')).toBeNull()
  })

  it('[REC-128] has the chat alone where there is none', () => {
    shown({ ...SHARED, files: RECORDING.files.slice(0, 1) as typeof SHARED.files })
    expect(screen.queryByRole('tab')).toBeNull()
    expect(screen.getByRole('heading', { name: 'Chat' })).toBeTruthy()
  })
})
