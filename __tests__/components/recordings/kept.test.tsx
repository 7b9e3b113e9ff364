import { Blob as NodeBlob } from 'node:buffer'
import { act, fireEvent, render, screen, waitFor, within } from '@testing-library/react'
import axe from 'axe-core'
import { KeptRecordings } from '#components/recordings/kept/KeptRecordings.tsx'
import { RecordingScreen } from '#components/recordings/RecordingScreen.tsx'
import { OpfsChunkStore } from '#lib/call/recording/OpfsChunkStore.ts'
import { COPY_FOLDER, KEPT_FOLDER } from '#lib/call/recording/OwnRecording.ts'
import { FakeDirectory } from '../../support/FakeDirectory.ts'
import { partOf, recordingOf } from '../../support/FakeRecordingApi.ts'
import { installFakeApi } from '../../support/fakeApi.ts'
import { RECORDING } from '../../support/recordingFixtures.ts'
import { installStageDom } from '../../support/stageDom.tsx'

installStageDom()
// jsdom's own cannot be read.
Object.assign(globalThis, { Blob: NodeBlob })
const ID = recordingOf(1)
let root: FakeDirectory

/** This browser's own file system, with a recording of two parts in it, and another one. */
beforeEach(async () => {
  root = new FakeDirectory()
  const getDirectory = async () => root as unknown as FileSystemDirectoryHandle
  Object.defineProperty(navigator, 'storage', { configurable: true, value: { getDirectory } })
  const store = await OpfsChunkStore.open({ getDirectory }, KEPT_FOLDER)
  for (const [recording, part] of [
    [1, 1],
    [1, 2],
    [4, 5],
  ] as const) {
    await store?.open(recordingOf(recording), partOf(part))
    for (const seq of [0, 1, 2]) await store?.append(partOf(part).id, seq, new Blob(['x'.repeat(500_000)]))
  }
})
const parts = async (): Promise<string[]> => {
  const found: string[] = []
  for await (const [name] of (await root.getDirectoryHandle(KEPT_FOLDER)).entries()) found.push(name)
  return found
}
const card = () => screen.findByRole('region', { name: 'Recordings on this device' })
const press = (name: string) => act(async () => void fireEvent.click(screen.getByRole('button', { name })))

test('[REC-87] what is here and no file yet is offered, and nothing else', async () => {
  const { container } = render(<KeptRecordings ids={[ID]} canBePutOff />)
  const shown = within(await card())
  expect(shown.getAllByRole('listitem')).toHaveLength(1)
  expect(shown.getByText(/0:06 · 3\.0 MB/)).toBeTruthy()
  const { violations } = await axe.run(container, { rules: { 'color-contrast': { enabled: false } } })
  expect(violations.map(({ id }) => id)).toEqual([])
  await press('Not now')
  expect(screen.queryByRole('region')).toBeNull()
  expect(await parts()).toHaveLength(3)
})

test('[REC-87] deleting is asked, and takes this one alone', async () => {
  render(<KeptRecordings ids={[ID]} />)
  await card()
  await press('Delete')
  expect(screen.getByRole('dialog', { name: 'Delete this recording?' }).textContent).toMatch(/gone for good/)
  await press('Keep it')
  expect(await parts()).toHaveLength(3)
  await press('Delete')
  await press('Delete recording')
  await waitFor(() => expect(screen.queryByRole('region')).toBeNull())
  expect(await parts()).toEqual([partOf(5).id])
})

test('[REC-220] a copy is called one, and deleting it leaves the server’s', async () => {
  const store = await OpfsChunkStore.open(navigator.storage, COPY_FOLDER)
  await store?.open(recordingOf(7), partOf(8))
  await store?.append(partOf(8).id, 0, new Blob(['x'.repeat(500_000)]))
  render(<KeptRecordings ids={[recordingOf(7)]} />)
  expect((await card()).textContent).toMatch(/Your copy of a recording is in this browser/)
  await press('Delete')
  const asked = screen.getByRole('dialog', { name: 'Delete the copy in this browser?' })
  expect(asked.textContent).toMatch(/What the server has recorded stays/)
  await press('Delete copy')
  await waitFor(() => expect(screen.queryByRole('region')).toBeNull())
  expect(await store?.list()).toEqual([])
})

test('[REC-86] what could not be saved is still here, and it says so', async () => {
  const showSaveFilePicker = async () => {
    throw new DOMException('not here', 'NotAllowedError')
  }
  Object.assign(window, { showSaveFilePicker })
  try {
    render(<KeptRecordings ids={[ID]} />)
    await card()
    await press('Save as a file')
    expect((await screen.findByRole('alert')).textContent).toMatch(/still in this browser/)
    expect(await parts()).toHaveLength(3)
  } finally {
    Reflect.deleteProperty(window, 'showSaveFilePicker')
  }
})

test('[REC-86] who chooses no file has changed their mind, and nothing else has changed', async () => {
  const showSaveFilePicker = async () => {
    throw new DOMException('closed', 'AbortError')
  }
  Object.assign(window, { showSaveFilePicker })
  try {
    render(<KeptRecordings ids={[ID]} />)
    await card()
    await press('Save as a file')
    expect(screen.queryByRole('alert')).toBeNull()
    expect(screen.getByRole('button', { name: 'Save as a file' })).toBeTruthy()
    expect(await parts()).toHaveLength(3)
  } finally {
    Reflect.deleteProperty(window, 'showSaveFilePicker')
  }
})

test('[REC-88] its entry says where it is: no player, no links, no clips; here it can be saved, and deleted', async () => {
  installFakeApi({})
  const { container } = render(
    <RecordingScreen
      first={{ ...RECORDING, id: ID, kind: 'device', state: 'kept', files: [], events: [] }}
    />,
  )
  expect(screen.getAllByText('On Ada’s device')).toHaveLength(2)
  expect(container.querySelector('video')).toBeNull()
  for (const name of ['Share', 'Download', 'Clip']) expect(screen.queryByRole('button', { name })).toBeNull()
  expect(within(await card()).getByRole('button', { name: 'Save as a file' })).toBeTruthy()
  fireEvent.click(screen.getAllByRole('button', { name: 'Delete' })[0] as HTMLElement)
  expect(screen.getByRole('dialog').textContent).toMatch(/what is on the device stays there/)
})
