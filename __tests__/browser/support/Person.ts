import { mkdir } from 'node:fs/promises'
import type { Browser, BrowserContext, ElementHandle, Locator, Page } from 'puppeteer-core'
import { installMediaProbe, type ParticipantProbe, type SentTrack } from './mediaProbe.ts'
import { type UntilOptions, until } from './until.ts'

export const PASSWORD = 'correct horse battery staple'

/** Somebody at a browser: acts and looks only by the roles and names that the product promises (design/experience.md). */
export class Person {
  readonly name: string
  readonly page: Page
  readonly #context: BrowserContext
  readonly #baseUrl: string
  /** What must not happen in any journey: breaches of the Content Security Policy, uncaught errors, errors in the console. */
  readonly faults: string[] = []

  private constructor(name: string, page: Page, context: BrowserContext, baseUrl: string) {
    this.name = name
    this.page = page
    this.#context = context
    this.#baseUrl = baseUrl
  }

  static async at(browser: Browser, baseUrl: string, name: string): Promise<Person> {
    const context = await browser.createBrowserContext()
    const page = await context.newPage()
    const person = new Person(name, page, context, baseUrl)
    await installMediaProbe(page)
    page.on('pageerror', (error) => person.faults.push(`${name}: uncaught ${String(error)}`))
    page.on('console', (message) => {
      if (message.text().startsWith('parley-probe violation'))
        person.faults.push(`${name}: ${message.text()}`)
      else if (message.type() === 'error')
        person.faults.push(`${name}: console: ${message.text()} (${message.location().url ?? ''})`)
    })
    return person
  }

  async close(): Promise<void> {
    await this.#context.close()
  }

  get email(): string {
    return `${this.name.toLowerCase()}@example.org`
  }

  async goto(path: string): Promise<void> {
    await this.page.goto(new URL(path, this.#baseUrl).href, { waitUntil: 'domcontentloaded' })
  }

  /* ── by role and name ─────────────────────────────────────────────────────────────────────────── */

  async find(name: string, role?: string): Promise<ElementHandle<Element> | null> {
    const selector = role === undefined ? `aria/${name}` : `aria/${name}[role="${role}"]`
    for (const found of await this.page.$$(selector)) if (await found.isVisible()) return found
    return null
  }

  async see(name: string, role?: string): Promise<ElementHandle<Element>> {
    return this.#wait(`to see ${role ?? ''} "${name}"`, () => this.find(name, role))
  }

  /** Whichever of several names appears first. */
  async seeOneOf(names: readonly string[], role?: string): Promise<string> {
    return this.#wait(`to see ${role ?? ''} ${names.join(' or ')}`, async () => {
      for (const name of names) if (await this.find(name, role)) return name
      return null
    })
  }

  /** Which of several roles that the contract leaves open this thing has. */
  async roleOf(name: string, roles: readonly string[]): Promise<string> {
    return this.#wait(`to see "${name}"`, async () => {
      for (const role of roles) if (await this.find(name, role)) return role
      return null
    })
  }

  async unseen(name: string, role?: string): Promise<void> {
    await this.#wait(`not to see "${name}"`, async () => (await this.find(name, role)) === null)
  }

  async seeText(text: string | RegExp): Promise<void> {
    await this.#wait(`to read ${String(text)}`, async () => {
      const body = await this.page.evaluate(() => window.parleyProbe.text())
      return typeof text === 'string' ? body.includes(text) : text.test(body)
    })
  }

  async press(name: string, role = 'button'): Promise<void> {
    await this.#wait(`to press "${name}"`, async () => {
      await this.page.mouse.move(200 + Math.random() * 50, 200)
      const found = await this.find(name, role)
      if (!found || !(await found.evaluate(canBePressed))) return false
      await found.click()
      return true
    })
  }

  async fill(name: string, value: string, role?: string): Promise<void> {
    const found = await this.see(name, role)
    const typed = await found.evaluate((element) => {
      if (!(element instanceof HTMLInputElement || element instanceof HTMLTextAreaElement)) return false
      element.focus()
      if (element.type === 'date' || element.type === 'time') return false
      element.select()
      return true
    })
    // As a person would: over what is selected. The system's own date fields take a value as a whole.
    if (typed) await this.page.keyboard.type(value)
    else await (found.asLocator() as Locator<Element>).fill(value)
  }

  /** An option of a combobox, whether the system's or a listbox of the page's own. */
  async choose(combobox: string, option: string): Promise<void> {
    const found = await this.see(combobox, 'combobox')
    const native = await found.evaluate((element, label) => {
      if (!(element instanceof HTMLSelectElement)) return null
      return [...element.options].find((one) => one.label === label)?.value ?? ''
    }, option)
    if (native !== null) await found.select(native)
    else {
      await found.click()
      await this.press(option, 'option')
    }
  }

  /* ── journeys ─────────────────────────────────────────────────────────────────────────────────── */

  async signUp(): Promise<void> {
    await this.goto('/sign-up')
    await this.fill('Name', this.name, 'textbox')
    await this.fill('Email', this.email, 'textbox')
    await this.fill('Password', PASSWORD)
    await this.press('Create account')
    await this.#wait(`to reach the meetings`, () => new URL(this.page.url()).pathname === '/meetings')
  }

  /** @returns the link of a meeting started now; the person stands in its green room */
  async newMeeting(): Promise<string> {
    await this.goto('/meetings')
    await this.press('New meeting')
    await this.#wait(`to reach the green room`, () => new URL(this.page.url()).pathname.startsWith('/m/'))
    return this.page.url()
  }

  /** From the green room into the call. */
  async join(): Promise<void> {
    await this.press('Join now')
    await this.inCall()
  }

  async joinAsGuest(link: string): Promise<void> {
    await this.goto(link)
    await this.fill('Your name', this.name, 'textbox')
    await this.join()
  }

  async inCall(): Promise<void> {
    await this.see('Leave call', 'button')
  }

  async leave(): Promise<void> {
    await this.press('Leave call')
    // A host is asked: leave, or end for everyone.
    await this.#wait(`to have left`, async () => {
      if ((await this.page.evaluate(() => window.parleyProbe.call()?.state)) !== 'inCall') return true
      const choice = (await this.find('Leave', 'menuitem')) ?? (await this.find('Leave', 'button'))
      await choice?.click()
      return false
    })
  }

  async say(text: string): Promise<void> {
    if (!(await this.find('Message', 'textbox'))) await this.press('Chat')
    await this.fill('Message', text, 'textbox')
    await this.press('Send message')
  }

  /* ── what reaches them ────────────────────────────────────────────────────────────────────────── */

  async receives(from: string): Promise<ParticipantProbe | null> {
    return this.page.evaluate((name) => window.parleyProbe.participant(name), from)
  }

  async sending(): Promise<SentTrack[][]> {
    return this.page.evaluate(() => window.parleyProbe.sending())
  }

  async tileNames(): Promise<string[]> {
    return this.page.evaluate(() => window.parleyProbe.participants().map((one) => one.name))
  }

  /** Decoded frames of that person's picture go up, twice over. */
  async seesPicture(of: string): Promise<void> {
    await this.#advances(`to see ${of}`, of, (now, before) => now.video && now.frames > before.frames)
  }

  /** Real samples are played out and bring energy: not silence, not concealment. */
  async hears(whom: string): Promise<void> {
    await this.#advances(
      `to hear ${whom}`,
      whom,
      (now, before) => now.samples > before.samples && now.energy > before.energy + 1e-6,
    )
  }

  async seesAndHears(...others: readonly Person[]): Promise<void> {
    for (const other of others) {
      await this.seesPicture(other.name)
      await this.hears(other.name)
    }
  }

  async noTile(name: string): Promise<void> {
    await this.#wait(`no longer to have a tile of ${name}`, async () => (await this.receives(name)) === null)
  }

  /** Waits on this person's behalf; a wait in vain leaves a picture of their screen in test-results/. */
  async #wait<Value>(
    what: string,
    probe: Parameters<typeof until<Value>>[1],
    options?: UntilOptions,
  ): Promise<Value> {
    try {
      return await until(`${this.name} ${what}`, probe, options)
    } catch (error) {
      await mkdir('test-results', { recursive: true })
      const path = `test-results/${this.name}-${Date.now()}.png` as const
      const text = await this.page.evaluate(() => window.parleyProbe.text()).catch(() => '')
      await this.page.screenshot({ path }).catch(() => {})
      const history = await this.page.evaluate(() => window.parleyProbe.connectionHistory()).catch(() => [])
      const { message } = error as Error
      throw new Error(
        `${message}\nat ${this.page.url()}, see ${path}; the page says:\n${text.slice(0, 600)}
connections:\n${history.slice(-60).join('\n')}`,
        { cause: error },
      )
    }
  }

  async #advances(
    what: string,
    name: string,
    more: (now: ParticipantProbe, before: ParticipantProbe) => boolean,
  ): Promise<void> {
    let before: ParticipantProbe | null = null
    let steps = 0
    await this.#wait(
      what,
      async () => {
        const now = await this.receives(name)
        if (now && before && more(now, before)) steps += 1
        if (now && (before === null || more(now, before))) before = now
        if (steps >= 2) return true
        throw new Error(JSON.stringify(now))
      },
      { timeoutMs: 60_000, everyMs: 250 },
    )
  }
}

/** Runs in the page: enabled, and nothing else lies over its middle. */
function canBePressed(element: Element): boolean {
  if (element.matches(':disabled, [aria-disabled=true]')) return false
  element.scrollIntoView({ block: 'nearest', behavior: 'instant' })
  const { left, top, width, height } = element.getBoundingClientRect()
  const hit = document.elementFromPoint(left + width / 2, top + height / 2)
  return hit !== null && (element.contains(hit) || hit.contains(element))
}
