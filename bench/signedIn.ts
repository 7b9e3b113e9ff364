import type { Browser, BrowserContext } from 'puppeteer-core'
import type { ApiClient } from '../__tests__/browser/support/ApiClient.ts'

/** A browser context that holds somebody's cookies. */
export async function signedIn(browser: Browser, url: string, client: ApiClient): Promise<BrowserContext> {
  const context = await browser.createBrowserContext()
  const cookies = client.cookieHeader.split('; ').map((pair) => {
    const at = pair.indexOf('=')
    return {
      name: pair.slice(0, at),
      value: pair.slice(at + 1),
      domain: new URL(url).hostname,
      httpOnly: true,
    }
  })
  await context.setCookie(...cookies)
  return context
}
