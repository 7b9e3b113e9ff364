import { act, fireEvent, render, screen, within } from '@testing-library/react'
import axe from 'axe-core'
import { OwnTracks } from '#components/recordings/OwnTracks.tsx'
import { RECORDING } from '../../support/recordingFixtures.ts'
import { installStageDom } from '../../support/stageDom.tsx'

installStageDom()

const track = {
  kind: 'track' as const,
  bytes: 3_000_000,
  durationMs: 600_000,
  film: 0,
  fromMs: null,
  participantId: null,
}
const FILES = [
  { ...track, id: 'ada-voice', mimeType: 'audio/webm', personName: 'Ada' },
  { ...track, id: 'ada-face', mimeType: 'video/webm', personName: 'Ada' },
  { ...track, id: 'ben-voice', mimeType: 'audio/webm', personName: 'Ben' },
]

const press = (name: string) => act(async () => void fireEvent.click(screen.getByRole('button', { name })))
const dialog = () => within(screen.getByRole('dialog', { name: 'Make one film' }))

async function open(): Promise<void> {
  render(<OwnTracks recording={{ ...RECORDING, files: FILES }} path="/api/recordings/r/files" />)
  await press('Make one film')
}

/** Whoever is asked where to save it. */
function picker(choose: () => Promise<unknown>): void {
  Object.assign(window, { showSaveFilePicker: choose })
}
afterEach(() => void Reflect.deleteProperty(window, 'showSaveFilePicker'))

test('[REC-89] who is in the film is up to who makes it, and there is none of nobody', async () => {
  await open()
  const people = dialog().getAllByRole('switch')
  expect(people.map((one) => (one as HTMLInputElement).labels?.[0]?.textContent)).toEqual(['Ada', 'Ben'])
  const { violations } = await axe.run(document.body, { rules: { 'color-contrast': { enabled: false } } })
  expect(violations.map(({ id }) => id)).toEqual([])
  for (const one of people) fireEvent.click(one)
  expect(dialog().getByRole<HTMLButtonElement>('button', { name: 'Make film' }).disabled).toBe(true)
  await press('Not now')
  expect(screen.queryByRole('dialog')).toBeNull()
})

test('[REC-147] two of one name are two people, told apart by a number, on the page and in the film', async () => {
  const sam = { ...track, personName: 'Sam' }
  const files = [
    { ...sam, id: 'voice', mimeType: 'audio/webm', participantId: 'first' },
    { ...sam, id: 'other-voice', mimeType: 'audio/webm', participantId: 'second' },
    { ...sam, id: 'face', mimeType: 'video/webm', participantId: 'first' },
  ]
  render(<OwnTracks recording={{ ...RECORDING, files }} path="/files" />)
  const lines = within(screen.getByRole('region', { name: 'Each person’s own track' })).getAllByRole(
    'listitem',
  )
  const linksOf = (line: HTMLElement) =>
    within(line)
      .getAllByRole('link')
      .map((link) => link.getAttribute('href'))
  expect(lines.map(linksOf)).toEqual([
    ['/files/voice?download=1', '/files/face?download=1'],
    ['/files/other-voice?download=1'],
  ])
  expect(within(lines[1] as HTMLElement).getByText('Sam (2)')).toBeTruthy()
  await press('Make one film')
  const people = dialog().getAllByRole('switch')
  expect(people.map((one) => (one as HTMLInputElement).labels?.[0]?.textContent)).toEqual(['Sam', 'Sam (2)'])
})

test('[REC-89] who chooses no file has changed their mind', async () => {
  picker(async () => {
    throw new DOMException('closed', 'AbortError')
  })
  await open()
  await press('Make film')
  expect(dialog().queryByRole('alert')).toBeNull()
  expect(dialog().getByRole('button', { name: 'Make film' })).toBeTruthy()
})

test('[REC-89] it goes on while its dialog is hidden, and can be cancelled', async () => {
  let choose: (reason: unknown) => void = () => undefined
  const opened = new Promise((_, reject) => {
    choose = reject
  })
  picker(async () => ({ createWritable: () => opened }))
  await open()
  await press('Make film')
  expect(dialog().getByRole('progressbar', { name: 'Making the film…' }).getAttribute('aria-valuenow')).toBe(
    '0',
  )
  await press('Hide')
  expect(screen.queryByRole('dialog')).toBeNull()
  await press('Making a film… 0 %')
  await press('Cancel film')
  await act(async () => choose(new Error('nowhere to write')))
  // Whoever cancels is not told that it failed.
  expect(dialog().queryByRole('alert')).toBeNull()
  expect(dialog().getByRole('button', { name: 'Make film' })).toBeTruthy()
})

test('[REC-89] a film that cannot be made says so, and leaves no half of it in the file', async () => {
  const given: string[] = []
  picker(async () => ({
    createWritable: async () => ({
      write: async () => void given.push('written'),
      close: async () => void given.push('closed'),
      abort: async () => void given.push('given up'),
    }),
  }))
  await open()
  // There is nothing to draw on here.
  await press('Make film')
  expect((await dialog().findByRole('alert')).textContent).toMatch(/could not be made/)
  expect(given).toEqual(['given up'])
})
