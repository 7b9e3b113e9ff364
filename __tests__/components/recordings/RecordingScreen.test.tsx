import { act, fireEvent, render, screen, waitFor, within } from '@testing-library/react'
import { RecordingList } from '#components/recordings/RecordingList.tsx'
import { RecordingScreen } from '#components/recordings/RecordingScreen.tsx'
import { SharedScreen } from '#components/recordings/sharing/SharedScreen.tsx'
import { installFakeApi, refusal } from '../../support/fakeApi.ts'
import { RECORDING } from '../../support/recordingFixtures.ts'
import { installStageDom } from '../../support/stageDom.tsx'

installStageDom()
const PATH = `/api/recordings/${RECORDING.id}`

/** jsdom plays nothing: where the film is and whether it runs are the test's to say. */
function film(): HTMLVideoElement {
  const video = document.querySelector('video')
  if (!video) throw new Error('no video')
  return video
}
let paused = true
beforeEach(() => {
  paused = true
  Element.prototype.scrollTo = () => undefined
  Object.defineProperty(window, 'matchMedia', { configurable: true, value: () => ({ matches: true }) })
  const media = HTMLMediaElement.prototype
  Object.defineProperty(media, 'paused', { configurable: true, get: () => paused })
  Object.defineProperty(media, 'error', { configurable: true, value: null })
  media.play = async function play() {
    paused = false
    this.dispatchEvent(new Event('play'))
  }
  media.pause = function pause() {
    paused = true
    this.dispatchEvent(new Event('pause'))
  }
  media.load = () => undefined
})
const press = (key: string, target: Element | Window = window): void => {
  fireEvent.keyDown(target, { key })
}
const shown = () => render(<RecordingScreen first={RECORDING} />)

describe('the player', () => {
  it('[REC-100] offers to begin until it is played or sought through, wherever its file begins', () => {
    shown()
    const begin = { name: 'Play from the beginning' }
    act(() => {
      film().currentTime = 0.0035
      film().dispatchEvent(new Event('loadedmetadata'))
    })
    fireEvent.click(screen.getByRole('button', begin))
    expect(paused).toBe(false)
    expect(screen.queryByRole('button', begin)).toBeNull()
    press('k')
    expect(screen.queryByRole('button', begin)).toBeNull()
  })

  it('[REC-100] is steered by keys: play, skip, jump, sound, speed', () => {
    shown()
    press(' ')
    expect(paused).toBe(false)
    press('k')
    expect(paused).toBe(true)
    press('5')
    expect(film().currentTime).toBe(300)
    press('j')
    expect(film().currentTime).toBe(290)
    press('L')
    press('ArrowRight')
    press('ArrowLeft')
    expect(film().currentTime).toBe(300)
    press('m')
    expect(film().muted).toBe(true)
    press('>')
    expect(film().playbackRate).toBe(1.25)
    press('<')
    press('<')
    expect(film().playbackRate).toBe(0.75)
    press('ArrowDown')
    expect(film().volume).toBeCloseTo(0.9)
  })

  it('[REC-100] stays within the film, and within the speeds', () => {
    shown()
    press('j')
    expect(film().currentTime).toBe(0)
    press('9')
    for (let times = 0; times < 20; times += 1) press('l')
    expect(film().currentTime).toBe(600)
    for (let times = 0; times < 20; times += 1) press('>')
    expect(film().playbackRate).toBe(2)
    for (let times = 0; times < 20; times += 1) press('<')
    expect(film().playbackRate).toBe(0.5)
  })

  it('[REC-100] leaves keys to what has the focus, and to the browser', () => {
    shown()
    press('m', screen.getByRole('textbox', { name: 'New chapter' }))
    press(' ', screen.getByRole('button', { name: 'Share' }))
    fireEvent.keyDown(window, { key: 'm', ctrlKey: true })
    expect([paused, film().muted]).toEqual([true, false])
    fireEvent.click(screen.getByRole('button', { name: 'Delete' }))
    press('k')
    expect(paused).toBe(true)
  })

  it('[REC-100] its slider says where it is in words', () => {
    shown()
    act(() => press('5'))
    const slider = screen.getByRole('slider', { name: 'Position' })
    expect(slider.getAttribute('aria-valuetext')).toBe('5 minutes of 10 minutes')
  })

  it('plays what the server has, by its own address', () => {
    shown()
    expect(film().querySelector('source')?.getAttribute('src')).toBe(`${PATH}/files/file-webm`)
  })
})

describe('beside it', () => {
  it('[REC-99] a lane leads to the next time somebody speaks; a chapter and a message to their moments', () => {
    shown()
    const ada = screen.getByRole('button', { name: 'Ada spoke for 35 seconds: go to the next' })
    fireEvent.click(ada)
    expect(film().currentTime).toBe(60)
    fireEvent.click(ada)
    expect(film().currentTime).toBe(120)
    fireEvent.click(screen.getByRole('button', { name: /^5:00/ }))
    expect(film().currentTime).toBe(300)
    expect(screen.getByRole('button', { name: /^5:00/ }).getAttribute('aria-current')).toBe('true')
    fireEvent.click(screen.getByRole('button', { name: 'Go to 0:30, when Ada wrote this' }))
    expect(film().currentTime).toBe(30)
  })

  it('words of people are text; their links are only http', () => {
    shown()
    expect(screen.getByText('Hello <i>all</i>')).toBeTruthy()
    expect(screen.getByRole('link', { name: 'https://example.org/x' }).getAttribute('rel')).toContain(
      'noreferrer',
    )
    expect(screen.getByRole('heading', { level: 1 }).textContent).toBe('<b>Planning</b>')
  })

  it('[REC-91] a chapter is added where the film stands', async () => {
    const sent = installFakeApi({
      [`POST ${PATH}/chapters`]: { body: {} },
      [`GET ${PATH}`]: { body: { recording: RECORDING } },
      [`HEAD ${PATH}/files/file-webm`]: {},
    })
    shown()
    press('2')
    const field = screen.getByRole('textbox', { name: 'New chapter' })
    fireEvent.change(field, { target: { value: 'Numbers' } })
    fireEvent.click(screen.getByRole('button', { name: 'Add chapter' }))
    await waitFor(() => expect(sent.some(({ method }) => method === 'GET')).toBe(true))
    expect(sent[0]).toEqual({
      method: 'POST',
      path: `${PATH}/chapters`,
      body: { atMs: 120_000, title: 'Numbers' },
    })
  })

  it('a clip is from where to where the film stood', async () => {
    const sent = installFakeApi({
      [`POST ${PATH}/clips`]: { body: { clip: {} } },
      [`GET ${PATH}`]: { body: { recording: RECORDING } },
      [`HEAD ${PATH}/files/file-webm`]: {},
    })
    shown()
    fireEvent.click(screen.getByRole('button', { name: 'Clip' }))
    press('1')
    fireEvent.click(screen.getByRole('button', { name: 'Set start to 1:00' }))
    press('2')
    fireEvent.click(screen.getByRole('button', { name: 'Set end to 2:00' }))
    fireEvent.click(screen.getByRole('button', { name: 'Make clip' }))
    await waitFor(() => expect(sent.some(({ method }) => method === 'POST')).toBe(true))
    expect(sent.find(({ method }) => method === 'POST')?.body).toEqual({ fromMs: 60_000, toMs: 120_000 })
  })

  it('[REC-167] of several films one is chosen, and goes on where the other one stood; of one there is no choice', () => {
    const [webm] = RECORDING.files
    if (!webm) throw new Error('no film')
    const second = { ...webm, id: 'file-mp4', kind: 'mp4' as const, mimeType: 'video/mp4', film: 1 }
    const { unmount } = render(
      <RecordingScreen first={{ ...RECORDING, files: [...RECORDING.files, second] }} />,
    )
    const played = (): string[] =>
      [...film().querySelectorAll('source')].map((one) => one.src.split('/').at(-1) ?? '')
    expect(played()).toEqual(['file-webm'])
    const choice = screen.getByRole('group', { name: 'Part to play' })
    expect(within(choice).getByRole('button', { name: 'Part 1' }).getAttribute('aria-pressed')).toBe('true')
    film().currentTime = 42
    fireEvent(film(), new Event('timeupdate'))
    fireEvent.click(within(choice).getByRole('button', { name: 'Part 2' }))
    expect(played()).toEqual(['file-mp4'])
    expect(film().currentTime).toBe(42)
    expect(within(choice).getByRole('button', { name: 'Part 2' }).getAttribute('aria-pressed')).toBe('true')
    unmount()
    shown()
    expect(screen.queryByRole('group', { name: 'Part to play' })).toBeNull()
  })

  it('[REC-107] clips stand together by where they begin and end; one is deleted when asked for twice', async () => {
    const kind = {
      kind: 'clip' as const,
      mimeType: 'video/webm',
      bytes: 2_000_000,
      film: 0,
      participantId: null,
      personName: null,
    }
    const first = { ...kind, id: 'clip-1', fromMs: 60_000, durationMs: 60_000 }
    const old = { ...kind, id: 'clip-2', fromMs: null, durationMs: 5_000 }
    const files = [...RECORDING.files, first, old]
    const sent = installFakeApi({
      [`DELETE ${PATH}/clips/clip-1`]: { body: {} },
      [`GET ${PATH}`]: { body: { recording: { ...RECORDING, files: [...RECORDING.files, old] } } },
      [`HEAD ${PATH}/files/file-webm`]: {},
    })
    render(<RecordingScreen first={{ ...RECORDING, files }} />)
    const clips = () => within(screen.getByRole('region', { name: 'Clips' }))
    const names = () =>
      clips()
        .getAllByRole('link')
        .map((link) => link.textContent)
    expect(names()).toEqual([
      'Download the clip 1:00 – 2:00, 1:00, 2.0 MB',
      'Download the clip 0:05, 0:05, 2.0 MB',
    ])
    fireEvent.click(clips().getByRole('button', { name: 'Delete the clip 1:00 – 2:00' }))
    expect(sent.some(({ method }) => method === 'DELETE')).toBe(false)
    fireEvent.click(screen.getByRole('button', { name: 'Delete clip' }))
    await waitFor(() => expect(names()).toHaveLength(1))
    expect(screen.queryByRole('dialog')).toBeNull()
  })

  it('[REC-101] download, share and delete are there; all files are in the menu', async () => {
    shown()
    fireEvent.keyDown(screen.getByRole('button', { name: 'Download' }), { key: 'Enter' })
    const items = await screen.findAllByRole('menuitem')
    expect(items.map((item) => item.getAttribute('href'))).toEqual([
      `${PATH}/files/file-webm?download=1`,
      `${PATH}/files/file-ada?download=1`,
    ])
    expect(items[1]?.textContent).toContain('Sound of Ada')
  })

  it('[REC-104] each person’s own tracks stand together, and not in the menu', async () => {
    const track = {
      kind: 'track' as const,
      bytes: 3_000_000,
      durationMs: 600_000,
      film: 0,
      fromMs: null,
      participantId: null,
    }
    const sound = { ...track, id: 'ada-voice', mimeType: 'audio/webm', personName: 'Ada' }
    const picture = { ...track, id: 'ada-face', mimeType: 'video/webm', personName: 'Ada' }
    const other = { ...track, id: 'ben-voice', mimeType: 'audio/webm', personName: 'Ben' }
    render(<RecordingScreen first={{ ...RECORDING, files: [...RECORDING.files, sound, other, picture] }} />)
    const section = within(screen.getByRole('region', { name: 'Each person’s own track' }))
    expect(section.getAllByRole('listitem').map((line) => within(line).getAllByRole('link').length)).toEqual([
      2, 1,
    ])
    expect(
      section.getByRole('link', { name: 'Download microphone, 3.0 MB, of Ada, 10:00' }).getAttribute('href'),
    ).toBe(`${PATH}/files/ada-voice?download=1`)
    fireEvent.keyDown(screen.getByRole('button', { name: 'Download' }), { key: 'Enter' })
    expect(await screen.findAllByRole('menuitem')).toHaveLength(2)
  })
})

describe('the share dialog', () => {
  const LINK = { id: 's', label: 'Board', download: false, hasPasscode: true, createdAt: RECORDING.createdAt }
  const UNUSED = { watched: 0, downloaded: 0, lastUsedAt: null }
  const OPEN = { ...LINK, ...UNUSED, expiresAt: null, revoked: false }

  it('[REC-148] says of each link how often it was used, and when last', async () => {
    jest.useFakeTimers({ now: new Date('2026-11-30T15:00:00Z'), advanceTimers: true })
    try {
      const today = { watched: 3, downloaded: 1, lastUsedAt: '2026-11-30T14:05:00.000Z' }
      const before = { watched: 0, downloaded: 2, lastUsedAt: '2026-11-20T14:05:00.000Z' }
      const shares = [
        { ...OPEN, ...today },
        { ...OPEN, ...before, id: 'old', label: 'Old', revoked: true },
        { ...OPEN, id: 'new', label: 'New' },
      ]
      installFakeApi({ [`GET ${PATH}/shares`]: { body: { shares } } })
      shown()
      fireEvent.click(screen.getByRole('button', { name: 'Share' }))
      const list = await screen.findByRole('list', { name: 'Links' })
      const said = within(list)
        .getAllByRole('listitem')
        .map((line) => line.querySelector('p:last-of-type')?.textContent)
      expect(said).toEqual([
        expect.stringMatching(/^Watched 3 times, downloaded once, last today at \d/),
        expect.stringMatching(/^Downloaded twice, last .*20/),
        'Not used yet',
      ])
    } finally {
      jest.useRealTimers()
    }
  })

  it('[REC-101] makes a link, shows it once, lists it and takes it back', async () => {
    let shares = [{ ...OPEN, id: 'old', label: 'Old', revoked: true }, OPEN]
    const sent = installFakeApi({
      [`GET ${PATH}/shares`]: () => ({ body: { shares } }),
      [`POST ${PATH}/shares`]: { body: { share: OPEN, secret: 'S'.repeat(22) } },
      [`DELETE ${PATH}/shares/s`]: () => {
        shares = []
        return {}
      },
    })
    shown()
    fireEvent.click(screen.getByRole('button', { name: 'Share' }))
    const dialog = await screen.findByRole('dialog', { name: 'Share' })
    await within(dialog).findByRole('button', { name: 'Revoke the link for Board' })
    expect(within(dialog).queryByRole('button', { name: 'Revoke the link for Old' })).toBeNull()
    fireEvent.change(within(dialog).getByRole('textbox', { name: 'For whom' }), { target: { value: 'Noor' } })
    fireEvent.click(within(dialog).getByRole('button', { name: 'Create link' }))
    const link = await within(dialog).findByRole('textbox', { name: 'Link for Noor' })
    expect((link as HTMLInputElement).value).toBe(`http://localhost/r/${'S'.repeat(22)}`)
    expect(sent.find(({ method }) => method === 'POST')?.body).toEqual({
      label: 'Noor',
      download: false,
      expiresInDays: 7,
      passcode: null,
    })
    fireEvent.click(within(dialog).getByRole('button', { name: 'Revoke the link for Board' }))
    await waitFor(() => expect(within(dialog).queryByRole('list')).toBeNull())
  })

  it('[REC-101] what is wrong with it stands at its field', async () => {
    installFakeApi({
      [`GET ${PATH}/shares`]: { body: { shares: [] } },
      [`POST ${PATH}/shares`]: refusal(400, 'label: Say whom the link is for.'),
    })
    shown()
    fireEvent.click(screen.getByRole('button', { name: 'Share' }))
    fireEvent.click(await screen.findByRole('button', { name: 'Create link' }))
    await screen.findByText('Say whom the link is for.')
  })
})

describe('states', () => {
  it.each([
    ['finishing', null, 'Being prepared…'],
    ['running', null, 'Recording now'],
    ['failed', 'disk-full', 'This recording failed'],
  ] as const)('[REC-102] %s says so, and shows no empty player', (state, stopReason, words) => {
    render(<RecordingScreen first={{ ...RECORDING, state, stopReason, files: [], durationMs: null }} />)
    expect(screen.getByRole('heading', { name: words })).toBeTruthy()
    expect(document.querySelector('video')).toBeNull()
    expect(screen.queryByRole('button', { name: 'Share' })).toBeNull()
  })

  it('[REC-102][REC-121] one that waits for room on the disk says so', () => {
    const waiting = { ...RECORDING, state: 'finishing', stopReason: 'disk-full', files: [] } as const
    render(<RecordingScreen first={{ ...waiting, durationMs: null }} />)
    expect(screen.getByText(/it is put together as soon as there is room/)).toBeTruthy()
  })

  it('[REC-102] one that ended early says why', () => {
    render(<RecordingScreen first={{ ...RECORDING, stopReason: 'recorder-lost' }} />)
    expect(screen.getByText(/ended early: The recorder was lost/)).toBeTruthy()
  })

  it('[REC-103] the list is named, and each line leads to its recording', async () => {
    installFakeApi({ 'GET /api/recordings': { body: { recordings: [RECORDING], nextCursor: null } } })
    render(<RecordingList meetingId={null} />)
    const list = await screen.findByRole('list', { name: 'Recordings' })
    const link = within(within(list).getByRole('listitem')).getByRole('link', { name: '<b>Planning</b>' })
    expect(link.getAttribute('href')).toBe(`/recordings/${RECORDING.id}`)
  })

  it('[REC-103] an empty list says how one comes about', async () => {
    installFakeApi({ 'GET /api/recordings': { body: { recordings: [], nextCursor: null } } })
    render(<RecordingList meetingId={null} />)
    expect(await screen.findByRole('heading', { name: 'No recordings yet' })).toBeTruthy()
  })
})

describe('who has a link', () => {
  const SHARED = { ...RECORDING, owned: false, mayDownload: false, files: RECORDING.files.slice(0, 1) }

  it('[REC-98] says the passcode, reads when it is wrong, and then watches without the owner’s buttons', async () => {
    let tries = 0
    installFakeApi({
      'POST /api/shared': ({ body }) => {
        const { passcode } = body as { passcode?: string }
        if (passcode === undefined) return { body: { id: 'link', open: false } }
        tries += 1
        return tries === 1
          ? refusal(403, 'passcode: This passcode is not right.')
          : { body: { id: 'link', open: true } }
      },
      'GET /api/shared/link': { body: { recording: SHARED } },
      'HEAD /api/shared/link/files/file-webm': {},
    })
    render(<SharedScreen secret="x" />)
    const field = await screen.findByLabelText('Passcode')
    fireEvent.change(field, { target: { value: 'wrong' } })
    fireEvent.click(screen.getByRole('button', { name: 'Watch' }))
    await screen.findByText('This passcode is not right.')
    fireEvent.change(screen.getByLabelText('Passcode'), { target: { value: 'right' } })
    fireEvent.click(screen.getByRole('button', { name: 'Watch' }))
    await screen.findByRole('region', { name: 'Player' })
    for (const name of ['Share', 'Delete', 'Download', 'Clip', 'Rename', 'Add chapter']) {
      expect(screen.queryByRole('button', { name })).toBeNull()
    }
  })

  it('[REC-95] reads that it is over when access ends, and the film is gone', async () => {
    jest.useFakeTimers()
    try {
      let status = 200
      installFakeApi({
        'POST /api/shared': { body: { id: 'link', open: true } },
        'GET /api/shared/link': { body: { recording: SHARED } },
        'HEAD /api/shared/link/files/file-webm': () => ({ status }),
      })
      render(<SharedScreen secret="x" />)
      await act(async () => jest.advanceTimersByTimeAsync(10))
      expect(document.querySelector('video')).not.toBeNull()
      status = 503
      await act(async () => jest.advanceTimersByTimeAsync(3_100))
      expect(document.querySelector('video')).not.toBeNull()
      status = 410
      await act(async () => jest.advanceTimersByTimeAsync(3_100))
      expect(document.querySelector('video')).toBeNull()
      expect(screen.getByRole('heading', { name: 'This link doesn’t work' })).toBeTruthy()
    } finally {
      jest.useRealTimers()
    }
  })

  it('[REC-97] a link that does not work is one calm page', async () => {
    installFakeApi({ 'POST /api/shared': refusal(404, 'This link was not found.') })
    render(<SharedScreen secret="x" />)
    expect(await screen.findByRole('heading', { name: 'This link doesn’t work' })).toBeTruthy()
  })
})
