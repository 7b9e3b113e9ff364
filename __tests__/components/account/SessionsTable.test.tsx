import { act, fireEvent, render, screen, waitFor, within } from '@testing-library/react'
import axe from 'axe-core'
import { SessionsTable } from '#components/account/SessionsTable.tsx'
import { installFakeApi, refusal, type Sent } from '../../support/fakeApi.ts'

jest.setTimeout(60_000)

const at = '2026-11-24T01:00:00.000Z'
const row = (id: string, device: string, current = false) => ({
  id,
  device,
  address: '192.0.2.1',
  createdAt: at,
  lastSeenAt: at,
  current,
})
const ROWS = [row('old', 'Safari on iPhone'), row('own', 'Firefox on Linux', true), row('x', '<b>Chrome</b>')]
const LIST = { 'GET /api/account/sessions': { body: { sessions: ROWS } } }
const REAUTH = refusal(403, 'Confirm your password.', { 'x-parley-reauth': '1' })

async function open(answers: Parameters<typeof installFakeApi>[0]) {
  const sent = installFakeApi({ ...LIST, ...answers })
  const leave = jest.fn()
  const { container } = render(<SessionsTable leave={leave} />)
  await screen.findByRole('table', { name: 'Sessions' })
  return { sent, leave, container }
}
const lines = () => screen.getAllByRole('row').slice(1)
const line = (text: string) => screen.getByText(text).closest('tr') as HTMLElement
const revoke = (text: string) =>
  act(async () => fireEvent.click(within(line(text)).getByRole('button', { name: 'Revoke' })))
const posts = (sent: Sent[]) => sent.filter(({ method }) => method === 'POST')

test('[DESK-9] a table "Sessions", this device first, each with a button "Revoke"; names are text (K15)', async () => {
  const { container } = await open({})
  expect(lines().map((one) => within(one).getByRole('button').textContent)).toEqual(Array(3).fill('Revoke'))
  expect(lines()[0]?.textContent).toContain('Firefox on LinuxThis device')
  expect(screen.getByText('<b>Chrome</b>')).toBeTruthy()
  const { violations } = await axe.run(container, { rules: { 'color-contrast': { enabled: false } } })
  expect(violations.map(({ id }) => id)).toEqual([])
})

test('[DESK-9] revoking another takes its line away; revoking this one leaves', async () => {
  const { leave } = await open({
    'POST /api/account/sessions/old/revoke': {},
    'POST /api/account/sessions/own/revoke': {},
  })
  await revoke('Safari on iPhone')
  await waitFor(() => expect(lines()).toHaveLength(2))
  expect(leave).not.toHaveBeenCalled()
  await revoke('Firefox on Linux')
  expect(leave).toHaveBeenCalledWith('/sign-in')
})

test('[DESK-10] an old sign-in is asked for the password: a wrong one again, the right one is sent once more', async () => {
  const { sent } = await open({
    'POST /api/account/sessions/old/revoke': ({ body }) =>
      JSON.stringify(body) === '{"password":"right"}' ? {} : REAUTH,
  })
  await revoke('Safari on iPhone')
  const dialog = await screen.findByRole('dialog', { name: 'Confirm that it is you' })
  const confirm = async (password: string) => {
    fireEvent.change(within(dialog).getByLabelText('Password'), { target: { value: password } })
    await act(async () => fireEvent.click(within(dialog).getByRole('button', { name: 'Confirm' })))
  }
  await confirm('wrong')
  expect(await within(dialog).findByText('This is not your password.')).toBeTruthy()
  await confirm('right')
  await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull())
  expect(posts(sent).map(({ body }) => body)).toEqual([{}, { password: 'wrong' }, { password: 'right' }])
  expect(lines()).toHaveLength(2)
})

test('[DESK-10] a cancelled question changes nothing', async () => {
  const { sent } = await open({ 'POST /api/account/sessions/old/revoke': REAUTH })
  await revoke('Safari on iPhone')
  const dialog = await screen.findByRole('dialog')
  await act(async () => fireEvent.click(within(dialog).getByRole('button', { name: 'Cancel' })))
  await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull())
  expect([lines().length, posts(sent).length]).toEqual([3, 1])
})

test('[DESK-9] "Sign out everywhere else" leaves this device', async () => {
  await open({ 'POST /api/account/sessions/revoke-others': {} })
  await act(async () => fireEvent.click(screen.getByRole('button', { name: 'Sign out everywhere else' })))
  await waitFor(() => expect(lines()).toHaveLength(1))
})

test('[DESK-6] a list that does not come says why, and comes when tried again', async () => {
  const answers: Record<string, object> = {}
  installFakeApi(answers)
  render(<SessionsTable leave={jest.fn()} />)
  expect((await screen.findByRole('alert')).textContent).toContain('cannot be reached')
  Object.assign(answers, LIST)
  await act(async () => fireEvent.click(screen.getByRole('button', { name: 'Try again' })))
  expect(await screen.findByRole('table', { name: 'Sessions' })).toBeTruthy()
})
