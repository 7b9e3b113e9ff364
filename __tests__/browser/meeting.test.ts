import { type Stage, stageSuite, withBrowsers } from './support/stage.ts'
import { until } from './support/until.ts'

/** From nothing to a conversation, then everything people do in one; three browser processes, one server. */
withBrowsers('chromium')('a meeting', () => {
  const stage = stageSuite()

  test('[PROOF-1] sign up, schedule, copy the link; a guest opens it and both see and hear each other', async () => {
    const ana = await stage.person('Ana', 0)
    await ana.signUp()
    await ana.press('Schedule meeting', await ana.roleOf('Schedule meeting', ['link', 'button']))
    await ana.fill('Title', 'Planning', 'textbox')
    await ana.fill('Date', nextYear())
    await ana.fill('Start time', '10:30')
    await ana.choose('Repeats', 'Weekly')
    await ana.press('Schedule')
    await ana.see('Join', 'link')
    await ana.seeText('Planning')

    const origin = stage.parley.url
    await ana.page
      .browserContext()
      .overridePermissions(origin, ['clipboard-read', 'clipboard-sanitized-write'])
    await ana.press('Copy link')
    const link = await until('the link on the clipboard', async () => {
      const text = await ana.page.evaluate(() => navigator.clipboard.readText())
      return text.startsWith(`${origin}/m/`) && text
    })

    await ana.press('Join', 'link')
    await ana.join()
    const ben = await stage.person('Ben', 1)
    await ben.joinAsGuest(link)
    await ana.seesAndHears(ben)
    await ben.seesAndHears(ana)
    expect(await ana.page.evaluate(() => window.parleyProbe.call())).toEqual({
      state: 'inCall',
      transport: 'mesh',
    })
  }, 300_000)

  test('[PROOF-2] three people, then a fourth who comes late, one of them leaves and comes back', async () => {
    const cleo = await stage.person('Cleo', 0)
    await cleo.signUp()
    const link = await cleo.newMeeting()
    await cleo.join()
    const dan = await stage.person('Dan', 1)
    await dan.joinAsGuest(link)
    const eve = await stage.person('Eve', 2)
    await eve.joinAsGuest(link)
    await Promise.all([cleo.seesAndHears(dan, eve), dan.seesAndHears(cleo, eve), eve.seesAndHears(cleo, dan)])

    const fay = await stage.person('Fay', 3)
    await fay.joinAsGuest(link)
    const four = [cleo, dan, eve, fay]
    for (const one of four) await one.seesAndHears(...four.filter((other) => other !== one))

    await dan.leave()
    for (const one of [cleo, eve, fay]) await one.noTile('Dan')
    await dan.joinAsGuest(link)
    for (const one of [cleo, eve, fay]) {
      await one.seesAndHears(dan)
      await dan.seesAndHears(one)
    }
  }, 300_000)

  test('[PROOF-3] a reload keeps the seat, the tile’s place, the role and the mute', async () => {
    const gus = await stage.person('Gus', 0)
    await gus.signUp()
    const link = await gus.newMeeting()
    await gus.join()
    const hal = await stage.person('Hal', 1)
    await hal.joinAsGuest(link)
    await gus.seesAndHears(hal)
    await hal.press('Turn off microphone')
    await hal.see('Turn on microphone', 'button')
    const before = await gus.receives('Hal')

    await hal.page.reload({ waitUntil: 'domcontentloaded' })
    await hal.inCall()
    await hal.see('Turn on microphone', 'button')
    await gus.seesPicture('Hal')
    await hal.seesAndHears(gus)
    const after = await gus.receives('Hal')
    expect(after).toMatchObject({ id: before?.id, order: before?.order })

    await gus.page.reload({ waitUntil: 'domcontentloaded' })
    await gus.inCall()
    await gus.seesPicture('Hal')
    await hal.seesAndHears(gus)
    await hal.press('Turn on microphone')
    await gus.hears('Hal')
    // Still the host: a member's Leave has no second choice.
    await gus.press('Leave call')
    await gus.seeText('End for everyone')
  }, 300_000)

  test('[PROOF-4] camera off and on, another camera, a shared screen, chat and a raised hand reach the other side', async () => {
    const ida = await stage.person('Ida', 0)
    await ida.signUp()
    const link = await ida.newMeeting()
    await ida.join()
    const jon = await stage.person('Jon', 1)
    await jon.joinAsGuest(link)
    await ida.seesAndHears(jon)

    await jon.press('Turn off camera')
    await until(
      'Ida no longer to see Jon’s picture',
      async () => (await ida.receives('Jon'))?.video === false,
    )
    expect(
      (await jon.sending()).flat().filter((one) => one.kind === 'video' && one.state === 'live'),
    ).toEqual([])
    await jon.press('Turn on camera')
    await ida.seesPicture('Jon')

    const cameras = await jon.page.evaluate(async () =>
      (await navigator.mediaDevices.enumerateDevices())
        .filter((one) => one.kind === 'videoinput')
        .map((one) => ({ id: one.deviceId, label: one.label })),
    )
    const inUse = (await jon.sending()).flat().find((one) => one.kind === 'video')?.deviceId
    const other = cameras.at(-1)
    if (other === undefined || other.id === inUse)
      throw new Error(`only one camera: ${JSON.stringify(cameras)}`)
    await jon.press('Cameras')
    await jon.press(other.label, 'menuitemradio')
    await until('the other camera to be sent', async () =>
      (await jon.sending()).flat().some((one) => one.kind === 'video' && one.deviceId === other.id),
    )
    await ida.seesPicture('Jon')

    await jon.press('Share screen')
    await jon.see('Stop sharing', 'button')
    await until('two pictures from Jon', async () => (await pictures(ida, 'Jon')) >= 2)
    await jon.press('Stop sharing')
    await jon.see('Share screen', 'button')
    await until('one picture from Jon', async () => (await pictures(ida, 'Jon')) === 1)

    await jon.press('Raise hand')
    await jon.see('Lower hand', 'button')
    await jon.say('Good morning')
    await ida.press('Chat')
    await ida.see('Chat messages', 'log')
    await ida.seeText('Good morning')
    await ida.say('Hello Jon')
    await jon.seeText('Hello Jon')
  }, 300_000)
})

/** Remote pictures on the screen that advance and belong to that person, camera and screen. */
async function pictures(viewer: Awaited<ReturnType<Stage['person']>>, name: string): Promise<number> {
  return viewer.page.evaluate((who) => window.parleyProbe.picturesOf(who), name)
}

const nextYear = (): string => `${new Date().getFullYear() + 1}-03-04`
