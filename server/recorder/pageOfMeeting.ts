import type { Page } from 'puppeteer-core'
import type { RecorderAccess } from '#server/auth/createSessions.ts'

/** A meeting's page for a recorder, and the session that opens it. */
export type PageOfMeeting = {
  readonly origin: string
  readonly meetingCode: string
  readonly cookie: RecorderAccess['cookie']
}

export const OPEN_TIMEOUT_MS = 30_000
export const ASK_TIMEOUT_MS = 5_000

/** @param query `?leftovers` for the page that records nothing. @throws when it does not open */
export async function goToPage(
  page: Page,
  { origin, meetingCode, cookie }: PageOfMeeting,
  query = '',
): Promise<void> {
  await page.browser().setCookie({ ...cookie, ...cookiePlace(origin) })
  const response = await page.goto(`${origin}/recorder/${meetingCode}${query}`, {
    waitUntil: 'domcontentloaded',
    timeout: OPEN_TIMEOUT_MS,
  })
  if (response?.ok() !== true) throw new Error(`its page answered ${response?.status() ?? 'nothing'}`)
}

/** `__Host-` cookies take no domain but the page's own. */
function cookiePlace(origin: string) {
  const { hostname, protocol } = new URL(origin)
  return {
    domain: hostname,
    path: '/',
    httpOnly: true,
    secure: protocol === 'https:',
    sameSite: 'Lax' as const,
  }
}
