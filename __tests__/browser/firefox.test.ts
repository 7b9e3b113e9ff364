import { stageSuite, withBrowsers } from './support/stage.ts'

withBrowsers('chromium', 'firefox')('Firefox and Chromium in one call', () => {
  const stage = stageSuite()

  test('[PROOF-5] Firefox joins Chromium, leaves, and then Chromium joins Firefox', async () => {
    const kim = await stage.person('Kim', 0)
    await kim.signUp()
    const link = await kim.newMeeting()
    await kim.join()
    const leo = await stage.person('Leo', 1, 'firefox')
    await leo.joinAsGuest(link)
    await kim.seesAndHears(leo)
    await leo.seesAndHears(kim)

    // The other order: Firefox is there first, so Firefox makes the offer.
    await kim.leave()
    await leo.noTile('Kim')
    await kim.goto(link)
    await kim.join()
    await kim.seesAndHears(leo)
    await leo.seesAndHears(kim)

    await leo.press('Turn off camera')
    await leo.press('Turn on camera')
    await kim.seesPicture('Leo')
    await leo.page.reload({ wait: 'none' } as never)
    await leo.inCall()
    await kim.seesAndHears(leo)
    await leo.seesAndHears(kim)
  }, 300_000)
})
