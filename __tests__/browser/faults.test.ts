import type { Person } from './support/Person.ts'
import { SERVER_GOES, stageSuite, withBrowsers } from './support/stage.ts'
import { until } from './support/until.ts'

withBrowsers('chromium')('when things break', () => {
  const stage = stageSuite({
    // A revoked session is refused, which the browser itself notes as well.
    expected: [SERVER_GOES, /status of 401/],
  })

  test('[PROOF-6] kill -9 of the server: media goes on untouched, and everything is back after its restart', async () => {
    const mia = await stage.person('Mia', 0)
    await mia.signUp()
    const link = await mia.newMeeting()
    await mia.join()
    const ned = await stage.person('Ned', 1)
    await ned.joinAsGuest(link)
    await Promise.all([mia.seesAndHears(ned), ned.seesAndHears(mia)])
    await mia.say('before')
    const before = await Promise.all([state(mia, 'Ned'), state(ned, 'Mia')])

    await stage.parley.kill()
    // Not a sample at the end but all the way: each look sees more frames than the one before.
    for (let look = 0; look < 4; look += 1)
      await Promise.all([mia.seesPicture('Ned'), ned.seesPicture('Mia')])
    await mia.seeText(/Reconnecting/i)
    await Promise.all([mia.hears('Ned'), ned.hears('Mia')])

    await stage.parley.restart()
    await until('chat to work again', async () => {
      await ned.say('after').catch(() => {})
      return (await mia.page.evaluate(() => window.parleyProbe.text())).includes('after')
    })
    await Promise.all([mia.seesAndHears(ned), ned.seesAndHears(mia)])
    const after = await Promise.all([state(mia, 'Ned'), state(ned, 'Mia')])
    // The very same connections and seats: nothing was torn down and made again.
    expect(after).toEqual(before)
    await mia.seeText('before')
    expect(await mia.tileNames()).toHaveLength(2)

    const olga = await stage.person('Olga', 2)
    await olga.joinAsGuest(link)
    await Promise.all([olga.seesAndHears(mia, ned), mia.seesAndHears(olga), ned.seesAndHears(olga)])
  }, 300_000)

  test('[PROOF-18] a connection that no restart mends is made anew by itself', async () => {
    const rosa = await stage.person('Rosa', 0)
    await rosa.signUp()
    const link = await rosa.newMeeting()
    await rosa.join()
    const sam = await stage.person('Sam', 1)
    await sam.joinAsGuest(link)
    await Promise.all([rosa.seesAndHears(sam), sam.seesAndHears(rosa)])
    const made = () =>
      Promise.all([rosa, sam].map(({ page }) => page.evaluate(() => window.parleyProbe.connectionsMade)))
    const before = await made()
    await breakConnections(sam)
    const oneMore = before.map((count) => count + 1).join()
    await until('each to make one more', async () => (await made()).join() === oneMore, { timeoutMs: 60_000 })
    await Promise.all([rosa.seesAndHears(sam), sam.seesAndHears(rosa)])
  }, 300_000)

  test('[PROOF-7] the admin revokes a session in the call: that person reads why, the others drop their tile', async () => {
    // Mia made the first account on this server, so she is its admin.
    const mia = await stage.person('Mia', 0)
    await mia.goto('/sign-in')
    await mia.fill('Email', mia.email, 'textbox')
    await mia.fill('Password', 'correct horse battery staple')
    await mia.press('Sign in')
    await until('Mia to be signed in', () => new URL(mia.page.url()).pathname === '/meetings')
    const pia = await stage.person('Pia', 1)
    await pia.signUp()
    const link = await pia.newMeeting()
    await pia.join()
    const quin = await stage.person('Quin', 2)
    await quin.joinAsGuest(link)
    await Promise.all([pia.seesAndHears(quin), quin.seesAndHears(pia)])

    await mia.goto('/admin/sessions')
    await mia.see('Sessions', 'table')
    await until('the row of Pia to be revoked', async () => {
      const rows = await mia.page.$$('aria/[role="row"]')
      for (const row of rows) {
        if (!(await row.evaluate((one) => one.textContent ?? '')).includes('pia@example.org')) continue
        const button = await row.$('aria/Revoke[role="button"]')
        await button?.click()
        return button !== null
      }
      return false
    })
    // A confirmation may ask once more.
    await until('Pia to read why', async () => {
      const dialog = (await mia.page.$('[role="alertdialog"]')) ?? (await mia.page.$('[role="dialog"]'))
      const confirm = await dialog?.$('aria/Revoke[role="button"]')
      await confirm?.click().catch(() => {})
      return (
        /session|signed out|revoked/i.test(await pia.page.evaluate(() => window.parleyProbe.text())) &&
        (await pia.find('Leave call', 'button')) === null
      )
    })
    await quin.noTile('Pia')
    expect(await pia.page.evaluate(async () => (await fetch('/api/account/sessions')).status)).toBe(401)
    await until('Pia’s connections to be closed', async () =>
      (await pia.page.evaluate(() => window.parleyProbe.connectionStates())).every((one) => one === 'closed'),
    )
  }, 300_000)
})

/** As when a part of the browser has failed: closed behind the page's back, which is told nothing (webrtc-pc §4.4.2 close). */
async function breakConnections({ page }: Person): Promise<void> {
  const prototype = await page.evaluateHandle(() => RTCPeerConnection.prototype)
  const connections = await page.queryObjects(prototype)
  await page.evaluate((all) => {
    for (const one of all) if (one instanceof RTCPeerConnection) one.close()
  }, connections)
}

/** What must be the same before and after: seat, place, and the connection behind the picture. */
async function state(viewer: Person, of: string): Promise<unknown> {
  const received = await viewer.receives(of)
  const made = await viewer.page.evaluate(() => window.parleyProbe.connectionsMade)
  return { id: received?.id, order: received?.order, connectionsMade: made }
}
