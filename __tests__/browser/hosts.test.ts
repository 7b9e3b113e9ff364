import { SERVER_GOES, stageSuite, withBrowsers } from './support/stage.ts'
import { until } from './support/until.ts'

withBrowsers('chromium')('who runs a meeting', () => {
  const stage = stageSuite({
    env: { SFU: 'auto', MESH_PEOPLE: '2', SFU_CALM_SECONDS: '3' },
    startTimeoutMs: 180_000,
    expected: [SERVER_GOES],
  })

  test('[PROOF-16] a guest made co-host admits from the lobby, keeps it over a reload and a killed server, and loses it', async () => {
    const mia = await stage.person('Mia', 0)
    await mia.signUp()
    const link = await mia.newMeeting()
    await mia.join()
    const ned = await stage.person('Ned', 1)
    await ned.joinAsGuest(link)
    await mia.seesAndHears(ned)
    await mia.press('People')
    await mia.press('Manage Ned')
    await mia.press('Make co-host', 'menuitem')
    await ned.seeText(/You are a co-host now/)
    await mia.seeText(/Co-host · Guest/)
    await mia.press('People ask to join', 'switch')

    await ned.page.reload()
    await ned.inCall()
    await stage.parley.kill()
    await stage.parley.restart()
    await until('Ned to be back', () =>
      ned.page.evaluate(() => window.parleyProbe.call()?.state === 'inCall'),
    )
    const ola = await stage.person('Ola', 2)
    await ola.goto(link)
    await ola.fill('Your name', 'Ola', 'textbox')
    await ola.press('Ask to join')
    await ned.press('Admit Ola')
    await ola.inCall()

    await mia.press('Manage Ned')
    await mia.press('No longer a co-host', 'menuitem')
    await ned.seeText(/no longer a co-host/)
    await ned.press('People')
    await ned.unseen('Manage Ola', 'button')
  }, 300_000)

  test('[PROOF-17] on the SFU the host forbids cameras, and allows them again', async () => {
    const pia = await stage.person('Pia', 0)
    await pia.signUp()
    const link = await pia.newMeeting()
    await pia.join()
    const quin = await stage.person('Quin', 1)
    await quin.joinAsGuest(link)
    const ron = await stage.person('Ron', 2)
    await ron.joinAsGuest(link)
    for (const one of [pia, quin]) {
      await until(`${one.name} to have Ron over the server`, async () => {
        const path = (await one.receives('Ron'))?.path
        return path === 'server' && path
      })
      await one.seesAndHears(ron)
    }
    await pia.press('People')
    await pia.press('Host controls')
    await pia.press('Turn on their camera', 'switch')
    await ron.seeText(/does not allow cameras/)
    for (const one of [pia, quin]) {
      await until(`${one.name} to have no picture of Ron`, async () => !(await one.receives('Ron'))?.video)
    }
    await quin.hears('Ron')
    await quin.seesPicture('Pia')
    await pia.press('Turn on their camera', 'switch')
    await ron.seeText(/turn on your camera again/)
    await ron.press('Turn on camera')
    await quin.seesPicture('Ron')
  }, 300_000)
})
