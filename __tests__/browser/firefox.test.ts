import type { Person } from './support/Person.ts'
import { stageSuite, withBrowsers } from './support/stage.ts'
import { until } from './support/until.ts'

withBrowsers('chromium', 'firefox')('Firefox and Chromium in one call', () => {
  const stage = stageSuite()

  test('[PROOF-5] [CALL-28] Firefox joins Chromium, leaves, and then Chromium joins Firefox', async () => {
    const kim = await stage.person('Kim', 0)
    await kim.signUp()
    const link = await kim.newMeeting()
    await kim.join()
    const leo = await stage.person('Leo', 1, 'firefox')
    await leo.joinAsGuest(link)
    await kim.seesAndHears(leo)
    await leo.seesAndHears(kim)
    for (const one of [kim, leo])
      await until(`${one.name} to play pictures in step with their sound`, async () => {
        const heldBackMs = await one.page.evaluate(() => window.parleyProbe.heldBackMs())
        return heldBackMs === null || heldBackMs > 0
      })

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

  test('[PROOF-19] an ICE restart from either side: the same connection goes on over the way that it finds', async () => {
    const mel = await stage.person('Mel', 0)
    await mel.signUp()
    const link = await mel.newMeeting()
    await mel.join()
    const nat = await stage.person('Nat', 1, 'firefox')
    await nat.joinAsGuest(link)
    await Promise.all([mel.seesAndHears(nat), nat.seesAndHears(mel)])
    const made = await connectionsMade(mel, nat)
    for (const one of [nat, mel]) {
      const before = await iceUsers(mel, nat)
      await one.page.evaluate(() => window.parleyProbe.restartIce())
      await until(`both to have settled ${one.name}’s restart`, async () => {
        const now = await iceUsers(mel, nat)
        return now.every((users, at) => users !== '' && users !== before[at])
      })
      await Promise.all([mel.seesAndHears(nat), nat.seesAndHears(mel)])
    }
    expect(await connectionsMade(mel, nat)).toEqual(made)
  }, 300_000)
})

const iceUsers = (...people: readonly Person[]): Promise<string[]> =>
  Promise.all(people.map(({ page }) => page.evaluate(() => window.parleyProbe.iceUsers().join(' '))))

const connectionsMade = (...people: readonly Person[]): Promise<number[]> =>
  Promise.all(people.map(({ page }) => page.evaluate(() => window.parleyProbe.connectionsMade)))
