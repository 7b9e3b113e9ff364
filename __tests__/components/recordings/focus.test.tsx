import { act, fireEvent, render, screen, waitFor, within } from '@testing-library/react'
import { RecordingScreen } from '#components/recordings/RecordingScreen.tsx'
import { Toaster } from '#components/ui/Toaster.tsx'
import type { RecordingView } from '#lib/protocol/recordings.ts'
import { installFakeApi } from '../../support/fakeApi.ts'
import { installFilmDom } from '../../support/filmDom.ts'
import { RECORDING } from '../../support/recordingFixtures.ts'
import { installStageDom } from '../../support/stageDom.tsx'

installStageDom()
installFilmDom()
const PATH = `/api/recordings/${RECORDING.id}`
const button = (name: string | RegExp) => screen.getByRole('button', { name })
const focused = () => document.activeElement
/** Pressed as by keyboard, with the focus. */
function press(element: HTMLElement): void {
  element.focus()
  fireEvent.click(element)
}

/** A server that does as it is asked. */
function installRecording(first: RecordingView) {
  let { files, events } = first
  const removeFile = (id: string) => () => {
    files = files.filter((file) => file.id !== id)
    return {}
  }
  const removeEvent = (id: string) => () => {
    events = events.filter((event) => event.id !== id)
    return {}
  }
  return installFakeApi({
    [`GET ${PATH}`]: () => ({ body: { recording: { ...first, files, events } } }),
    [`HEAD ${PATH}/files/file-webm`]: {},
    [`DELETE ${PATH}/chapters/c1`]: removeEvent('c1'),
    [`DELETE ${PATH}/chapters/c2`]: removeEvent('c2'),
    [`POST ${PATH}/chapters`]: () => {
      events = first.events
      return {}
    },
    [`DELETE ${PATH}/clips/clip-1`]: removeFile('clip-1'),
    [`DELETE ${PATH}/clips/clip-2`]: removeFile('clip-2'),
    [`DELETE ${PATH}/clips/clip-3`]: removeFile('clip-3'),
    [`POST ${PATH}/clips`]: () => {
      files = [...files, clip('clip-3', 0)]
      return { body: { clip: { fileId: 'clip-3' } } }
    },
  })
}
const clip = (id: string, fromMs: number) => ({
  id,
  kind: 'clip' as const,
  mimeType: 'video/webm',
  bytes: 2_000_000,
  personName: null,
  fromMs,
  participantId: null,
  film: 0,
  durationMs: 60_000,
})

describe('a chapter that is removed', () => {
  it('[REC-158] passes the focus to the next one, and the last one to the field', async () => {
    installRecording(RECORDING)
    render(<RecordingScreen first={RECORDING} />)
    press(button('Remove the chapter Welcome'))
    await waitFor(() => expect(screen.queryByRole('button', { name: /^0:00/ })).toBeNull())
    expect(focused()).toBe(button(/^5:00/))
    press(button('Remove the chapter Budget'))
    await waitFor(() => expect(screen.queryByRole('button', { name: /^5:00/ })).toBeNull())
    expect(focused()).toBe(screen.getByRole('textbox', { name: 'New chapter' }))
  })

  it('[REC-158] leaves the focus where somebody has gone meanwhile', async () => {
    installRecording(RECORDING)
    render(<RecordingScreen first={RECORDING} />)
    press(button('Remove the chapter Welcome'))
    button('Share').focus()
    await waitFor(() => expect(screen.queryByRole('button', { name: /^0:00/ })).toBeNull())
    expect(focused()).toBe(button('Share'))
  })

  it('[REC-158] is put back as it was', async () => {
    const sent = installRecording(RECORDING)
    render(
      <>
        <RecordingScreen first={RECORDING} />
        <Toaster />
      </>,
    )
    press(button('Remove the chapter Budget'))
    const undo = await screen.findByRole('button', { name: 'Undo' })
    await waitFor(() => expect(screen.queryByRole('button', { name: /^5:00/ })).toBeNull())
    await act(async () => fireEvent.click(undo))
    expect(await screen.findByRole('button', { name: /^5:00/ })).toBeTruthy()
    expect(sent.find(({ method }) => method === 'POST')).toEqual({
      method: 'POST',
      path: `${PATH}/chapters`,
      body: { atMs: 300_000, title: 'Budget' },
    })
    expect(screen.queryByRole('button', { name: 'Undo' })).toBeNull()
  })
})

describe('clips', () => {
  const clips = () => within(screen.getByRole('region', { name: 'Clips' }))
  const lines = () => clips().getAllByRole('listitem')
  const CLIPPED = {
    ...RECORDING,
    files: [...RECORDING.files, clip('clip-1', 60_000), clip('clip-2', 120_000)],
  }
  async function remove(line: number, left: number): Promise<void> {
    press(clips().getAllByRole('button', { name: /^Delete the clip/ })[line] as HTMLElement)
    fireEvent.click(screen.getByRole('button', { name: 'Delete clip' }))
    await waitFor(() =>
      expect(screen.queryAllByRole('button', { name: /^Delete the clip/ })).toHaveLength(left),
    )
  }

  it('[REC-158] the panel that closes gives the focus to its button', () => {
    installRecording(RECORDING)
    render(<RecordingScreen first={RECORDING} />)
    press(button('Clip'))
    press(button('Cancel'))
    expect(focused()).toBe(button('Clip'))
  })

  it('[REC-158] one that was made has the focus', async () => {
    installRecording(CLIPPED)
    render(<RecordingScreen first={CLIPPED} />)
    press(button('Clip'))
    press(button('Make clip'))
    await waitFor(() => expect(lines()).toHaveLength(3))
    expect(focused()).toBe(lines()[2])
  })

  it('[REC-158] one that was deleted passes the focus to the next, and the last one to the button', async () => {
    installRecording(CLIPPED)
    render(<RecordingScreen first={CLIPPED} />)
    await remove(0, 1)
    await waitFor(() => expect(focused()).toBe(lines()[0]))
    await remove(0, 0)
    await waitFor(() => expect(focused()).toBe(button('Clip')))
  })
})
