import type { Page } from 'puppeteer-core'

/** Gives all of a page's videos, present and to come, these CSS declarations. A content policy forbids no sheet that is made in the page. */
export async function styleVideos(page: Page, declarations: string): Promise<void> {
  await page.evaluate((rule) => {
    const sheet = new CSSStyleSheet()
    sheet.replaceSync(rule)
    document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet]
  }, `video { ${declarations} }`)
}
