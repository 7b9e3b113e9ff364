import type { Browser, Page, Viewport } from 'puppeteer-core'
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

export type GuestOptions = {
  readonly viewport?: Viewport
  /** Without one, as a browser that finds none: even switched off, each page that has one works for its sound and for all others'. */
  readonly microphone?: boolean
  /** Of the camera; the fake one makes five or more. Left out: as many as it makes. */
  readonly framesPerSecond?: number
}

/** A guest with a context of their own, from the green room into the call. */
export async function joinAsGuest(
  browser: Browser,
  { parley, code }: Meeting,
  name: string,
  { viewport, microphone = true, framesPerSecond }: GuestOptions = {},
): Promise<Page> {
  const guest = new ApiClient(parley.url)
  await guest.json('POST', `/api/m/${code}/guest`, {})
  const page = await (await signedIn(browser, parley.url, guest)).newPage()
  if (viewport !== undefined) await page.setViewport(viewport)
  page.setDefaultNavigationTimeout(PATIENCE.timeoutMs)
  await installMediaProbe(page)
  await page.evaluateOnNewDocument(changeDevices, { microphone, framesPerSecond })
  await page.goto(`${parley.url}/m/${code}`, { waitUntil: 'load' })
  const field = await wait(page, 'the name', () => page.$('aria/Your name[role="textbox"]'))
  await field.type(name)
  await wait(page, 'a preview', () => page.evaluate(() => window.parleyProbe.firstFrameAt !== null))
  await press(page, 'Join now')
  const inCall = () => page.evaluate(() => window.parleyProbe.call()?.state === 'inCall')
  await wait(page, `${name} to be in the call`, inCall)
  return page
}

function changeDevices({ microphone, framesPerSecond }: GuestOptions): void {
  const devices = navigator.mediaDevices
  if (!devices) return
  const own = devices.getUserMedia.bind(devices)
  devices.getUserMedia = async (wanted) => {
    if (wanted?.audio && !microphone) throw new DOMException('Requested device not found', 'NotFoundError')
    const stream = await own(wanted)
    if (framesPerSecond !== undefined)
      for (const track of stream.getVideoTracks())
        await track.applyConstraints({ frameRate: framesPerSecond })
    return stream
  }
}

async function press(page: Page, name: string): Promise<void> {
  const button = await wait(page, `"${name}"`, () => page.$(`aria/${name}[role="button"]`))
  await button.click()
}

/** @throws Error with what the page says, after a wait in vain */
async function wait<Value>(
  page: Page,
  what: string,
  probe: Parameters<typeof until<Value>>[1],
): Promise<Value> {
  try {
    return await until(what, probe, PATIENCE)
  } catch (error) {
    const text = await page.evaluate(() => window.parleyProbe.text()).catch(String)
    throw new Error(`${(error as Error).message}; the page says: ${text.slice(0, 300)}`, { cause: error })
  }
}
