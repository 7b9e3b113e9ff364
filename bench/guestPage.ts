import type { Browser, Page } from 'puppeteer-core'
import { ApiClient } from '../__tests__/browser/support/ApiClient.ts'
import { installMediaProbe } from '../__tests__/browser/support/mediaProbe.ts'
import { PASSWORD } from '../__tests__/browser/support/Person.ts'
import type { Parley } from '../__tests__/browser/support/startParley.ts'
import { until } from '../__tests__/browser/support/until.ts'
import { signedIn } from './signedIn.ts'

/** A crowd on two cores takes its time; asked seldom, because asking costs too. */
const PATIENCE = { timeoutMs: 120_000, everyMs: 250 }

export type Meeting = { readonly parley: Parley; readonly code: string }

/** A meeting of a host who is not there. */
export async function newMeeting(parley: Parley): Promise<Meeting> {
  const host = new ApiClient(parley.url)
  await host.signUp('Host', 'host@example.org', PASSWORD)
  const { code } = await host.newMeeting()
  return { parley, code }
}

/** A guest with a context of their own, from the green room into the call. */
export async function joinAsGuest(browser: Browser, { parley, code }: Meeting, name: string): Promise<Page> {
  const guest = new ApiClient(parley.url)
  await guest.json('POST', `/api/m/${code}/guest`, {})
  const page = await (await signedIn(browser, parley.url, guest)).newPage()
  page.setDefaultNavigationTimeout(PATIENCE.timeoutMs)
  await installMediaProbe(page)
  await page.goto(`${parley.url}/m/${code}`, { waitUntil: 'load' })
  const field = await until('the name', () => page.$('aria/Your name[role="textbox"]'), PATIENCE)
  await field.type(name)
  await until('a preview', () => page.evaluate(() => window.parleyProbe.firstFrameAt !== null), PATIENCE)
  await press(page, 'Join now')
  const inCall = () => page.evaluate(() => window.parleyProbe.call()?.state === 'inCall')
  await until(`${name} to be in the call`, inCall, PATIENCE)
  return page
}

async function press(page: Page, name: string): Promise<void> {
  const button = await until(`"${name}"`, () => page.$(`aria/${name}[role="button"]`), PATIENCE)
  await button.click()
}
