import { act, fireEvent, render, screen, waitFor } from '@testing-library/react'
import axe from 'axe-core'
import { SignInForm } from '#components/account/SignInForm.tsx'
import { SignUpForm, type SignUpTerms } from '#components/account/SignUpForm.tsx'
import { installFakeApi, refusal, type Sent } from '../../support/fakeApi.ts'

jest.setTimeout(60_000)

const TERMS = { open: true, setupCodeNeeded: false, firstAccount: false }
const CSRF = { 'GET /api/auth/csrf': { body: { csrfToken: 'token' } } }
const ENTER = 'POST /api/auth/callback/credentials'
const PERSON = { name: 'Ada', email: 'ada@example.org', password: 'nine analytical engines' }

const type = (label: string, value: string) =>
  fireEvent.change(screen.getByLabelText(label), { target: { value } })
const press = (name: string) => act(async () => fireEvent.click(screen.getByRole('button', { name })))

async function findsNothing(container: Element) {
  const { violations } = await axe.run(container, { rules: { 'color-contrast': { enabled: false } } })
  expect(violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`)).toEqual([])
}

describe('SignUpForm', () => {
  async function open(terms: SignUpTerms, answers: Parameters<typeof installFakeApi>[0] = {}) {
    const sent = installFakeApi({ ...CSRF, ...answers })
    const leave = jest.fn()
    const { container } = render(<SignUpForm next="/meetings" terms={terms} leave={leave} />)
    await act(async () => {})
    return { sent, leave, container }
  }
  const fillIn = () => {
    type('Name', PERSON.name)
    type('Email', PERSON.email)
    type('Password', PERSON.password)
  }
  const made = (sent: Sent[]) => sent.find(({ method, path }) => method === 'POST' && path === '/api/sign-up')

  test('[DESK-5] makes the account, signs in with it and goes on', async () => {
    const { sent, leave } = await open(TERMS, { 'POST /api/sign-up': {}, [ENTER]: {} })
    fillIn()
    await press('Create account')
    await waitFor(() => expect(leave).toHaveBeenCalledWith('/meetings'))
    expect(made(sent)?.body).toEqual(PERSON)
    expect(sent.at(-1)).toMatchObject({ body: { email: PERSON.email, password: PERSON.password } })
  })

  test('[AU-5] an address that has an account already leads to sign-in, without a word about it', async () => {
    const { leave } = await open(TERMS, { 'POST /api/sign-up': {}, [ENTER]: { status: 401 } })
    fillIn()
    await press('Create account')
    await waitFor(() => expect(leave).toHaveBeenCalledWith('/sign-in?next=%2Fmeetings'))
  })

  test('[DESK-6] an error stands at its field, is read with it, and loses nothing that was typed', async () => {
    const { container } = await open(TERMS, {
      'POST /api/sign-up': refusal(400, 'password: Choose another password: this one is common.'),
    })
    fillIn()
    await press('Create account')
    const field = await screen.findByLabelText('Password')
    expect(field.getAttribute('aria-invalid')).toBe('true')
    const described = (field.getAttribute('aria-describedby') ?? '').split(' ')
    expect(described.map((id) => document.getElementById(id)?.textContent).join()).toContain(
      'this one is common',
    )
    expect(document.activeElement).toBe(field)
    expect((screen.getByLabelText('Email') as HTMLInputElement).value).toBe(PERSON.email)
    await findsNothing(container)
  })

  test('[DESK-6] without a connection says so, and the button works again', async () => {
    await open(TERMS)
    fillIn()
    await press('Create account')
    expect((await screen.findByRole('alert')).textContent).toContain('cannot be reached')
    expect(screen.getByRole('button', { name: 'Create account' }).getAttribute('aria-busy')).toBeNull()
  })

  test('[DESK-7] asks for the setup code only where the server wants one, and sends it', async () => {
    const { sent } = await open(
      { open: true, setupCodeNeeded: true, firstAccount: true },
      { 'POST /api/sign-up': {}, [ENTER]: {} },
    )
    fillIn()
    type('Setup code', ' 1234abcd ')
    await press('Create account')
    await waitFor(() => expect(made(sent)?.body).toEqual({ ...PERSON, setupCode: '1234abcd' }))
  })

  test('[DESK-7] no setup code is asked for on an open server, and a closed one says that it is closed', async () => {
    const { container } = await open(TERMS)
    expect(screen.queryByLabelText('Setup code')).toBeNull()
    await findsNothing(container)
    await open({ open: false, setupCodeNeeded: false, firstAccount: false })
    expect(screen.getByText(/Sign-up is closed/)).toBeTruthy()
  })
})

describe('SignInForm', () => {
  function open(answers: Parameters<typeof installFakeApi>[0]) {
    const sent = installFakeApi({ ...CSRF, ...answers })
    const leave = jest.fn()
    const { container } = render(<SignInForm next="/account" leave={leave} />)
    return { sent, leave, container }
  }
  async function signIn() {
    type('Email', PERSON.email)
    type('Password', PERSON.password)
    await press('Sign in')
  }

  test('[DESK-5] signs in and goes where one was going', async () => {
    const { leave, container } = open({ [ENTER]: {} })
    await findsNothing(container)
    await signIn()
    await waitFor(() => expect(leave).toHaveBeenCalledWith('/account'))
  })

  test.each([
    [{ status: 401 }, /email or the password is not right/],
    [{ status: 429 }, /Too many attempts/],
    [{ status: 503 }, /cannot be reached/],
  ])('[DESK-6] %j is said in words, and not which of the two was wrong', async (answer, words) => {
    const { leave } = open({ [ENTER]: answer })
    await signIn()
    expect((await screen.findByRole('alert')).textContent).toMatch(words)
    expect(leave).not.toHaveBeenCalled()
  })

  test('[DESK-8] a second press while the first is under way sends nothing', async () => {
    const { sent, leave } = open({ [ENTER]: {} })
    type('Email', PERSON.email)
    type('Password', PERSON.password)
    const button = screen.getByRole('button', { name: 'Sign in' })
    fireEvent.click(button)
    fireEvent.click(button)
    await act(async () => {})
    await waitFor(() => expect(leave).toHaveBeenCalledTimes(1))
    expect(sent.filter(({ method }) => method === 'POST')).toHaveLength(1)
  })
})
