import { act, fireEvent, render, screen, waitFor, within } from '@testing-library/react'
import axe from 'axe-core'
import { AdminSessionsTable } from '#components/admin/AdminSessionsTable.tsx'
import { UsersTable } from '#components/admin/UsersTable.tsx'
import { installFakeApi } from '../../support/fakeApi.ts'

jest.setTimeout(60_000)

const at = '2026-11-24T01:00:00.000Z'
const user = (id: string, name: string) => ({
  id,
  name,
  email: `${id}@example.org`,
  admin: id === 'own',
  disabled: false,
  createdAt: at,
  liveSessions: 2,
})
const session = (id: string, person: string, extra: object = {}) => ({
  id,
  kind: 'user',
  person,
  email: `${id}@example.org`,
  meetingTitle: null,
  device: 'Firefox on Linux',
  address: '192.0.2.1',
  createdAt: at,
  lastSeenAt: at,
  current: false,
  ...extra,
})
const line = (text: string) => screen.getByText(text).closest('tr') as HTMLElement
const revoke = (text: string) =>
  act(async () => fireEvent.click(within(line(text)).getByRole('button', { name: 'Revoke' })))
const violationsIn = async (container: Element) =>
  (await axe.run(container, { rules: { 'color-contrast': { enabled: false } } })).violations.map(
    ({ id }) => id,
  )

describe('UsersTable', () => {
  const pageAfter = (cursor: string | null) =>
    cursor
      ? { users: [user('bob', 'Bob')], nextCursor: null }
      : { users: [user('own', 'Ada'), user('eve', '<script>alert(1)</script>')], nextCursor: 'two' }
  const open = async (answers: Parameters<typeof installFakeApi>[0] = {}) => {
    const sent = installFakeApi({
      'GET /api/admin/users': ({ path }) => ({
        body: pageAfter(new URL(path, 'http://x').searchParams.get('cursor')),
      }),
      ...answers,
    })
    const leave = jest.fn()
    const { container } = render(<UsersTable ownId="own" leave={leave} />)
    await screen.findByRole('table', { name: 'Users' })
    return { sent, leave, container }
  }

  test('[DESK-11] a table "Users" with a button "Revoke" in each row; names are text (K15)', async () => {
    const { container } = await open()
    expect(screen.getAllByRole('button', { name: 'Revoke' })).toHaveLength(2)
    expect(screen.getByText('<script>alert(1)</script>')).toBeTruthy()
    expect(await violationsIn(container)).toEqual([])
  })

  test('[DESK-11] nobody shuts themselves out by a slip: one’s own row has no menu', async () => {
    await open()
    expect(screen.queryByRole('button', { name: 'More for Ada' })).toBeNull()
    expect(screen.getByRole('button', { name: 'More for <script>alert(1)</script>' })).toBeTruthy()
  })

  test('[DESK-11] shows more when asked, each person once', async () => {
    await open()
    await act(async () => fireEvent.click(screen.getByRole('button', { name: 'Show more' })))
    expect(await screen.findByText('Bob')).toBeTruthy()
    expect(screen.getAllByRole('row')).toHaveLength(4)
    expect(screen.queryByRole('button', { name: 'Show more' })).toBeNull()
  })

  test('[DESK-11] revoking asks the server and reads the list again; revoking oneself leaves', async () => {
    const { sent, leave } = await open({
      'POST /api/admin/users/eve/revoke': {},
      'POST /api/admin/users/own/revoke': {},
    })
    await revoke('<script>alert(1)</script>')
    await waitFor(() => expect(sent.at(-1)).toMatchObject({ method: 'GET' }))
    expect(leave).not.toHaveBeenCalled()
    await revoke('Ada')
    expect(leave).toHaveBeenCalledWith('/sign-in')
  })

  test('[DESK-11] a search is sent once the person pauses, encoded', async () => {
    const { sent } = await open()
    const field = screen.getByRole('searchbox')
    for (const value of ['a', 'a&', 'a&b']) fireEvent.change(field, { target: { value } })
    await waitFor(() => expect(sent.at(-1)?.path).toBe('/api/admin/users?query=a%26b'))
    expect(sent.some(({ path }) => path.endsWith('query=a'))).toBe(false)
  })
})

describe('AdminSessionsTable', () => {
  const ROWS = [
    session('own', 'Ada', { current: true }),
    session('bob', 'Bob'),
    session('guest', '<i>Gil</i>', { kind: 'guest', email: null, meetingTitle: '<u>Plans</u>' }),
  ]
  const open = async (answers: Parameters<typeof installFakeApi>[0] = {}) => {
    installFakeApi({ 'GET /api/admin/sessions': { body: { sessions: ROWS, nextCursor: null } }, ...answers })
    const leave = jest.fn()
    const { container } = render(<AdminSessionsTable leave={leave} />)
    await screen.findByRole('table', { name: 'Sessions' })
    return { leave, container }
  }

  test('[DESK-12] a table "Sessions" with guests and their meeting, all of it text (K15)', async () => {
    const { container } = await open()
    expect(within(line('<i>Gil</i>')).getByText('Guest')).toBeTruthy()
    expect(within(line('<i>Gil</i>')).getByText('<u>Plans</u>')).toBeTruthy()
    expect(await violationsIn(container)).toEqual([])
  })

  test('[DESK-12] revoking takes the line away, also of one that had ended; a failure leaves it', async () => {
    const { leave } = await open({
      'POST /api/admin/sessions/guest/revoke': { status: 404, body: { error: { message: 'gone' } } },
    })
    await revoke('<i>Gil</i>')
    await waitFor(() => expect(screen.queryByText('<i>Gil</i>')).toBeNull())
    await revoke('Bob')
    expect(screen.getByText('Bob')).toBeTruthy()
    expect(leave).not.toHaveBeenCalled()
  })

  test('[DESK-12] revoking one’s own leaves', async () => {
    const { leave } = await open({ 'POST /api/admin/sessions/own/revoke': {} })
    await revoke('Ada')
    expect(leave).toHaveBeenCalledWith('/sign-in')
  })
})
