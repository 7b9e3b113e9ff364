import { ApiClient } from './support/ApiClient.ts'
import { PASSWORD } from './support/Person.ts'
import { stageSuite, withBrowsers } from './support/stage.ts'
import { until } from './support/until.ts'

withBrowsers('chromium')('at the door', () => {
  const stage = stageSuite({
    // Links that lead nowhere answer 404, which the browser itself notes.
    expected: [/status of 404 .*\/m\//],
  })

  test('[PROOF-8] the lobby: ask to join, admitted or declined by the host', async () => {
    const rita = await stage.person('Rita', 0)
    await rita.signUp()
    const api = new ApiClient(stage.parley.url)
    await api.signIn(rita.email, PASSWORD)
    const { meeting } = await api.json<{ meeting: { code: string } }>('POST', '/api/meetings', {
      kind: 'scheduled',
      title: 'Behind a door',
      date: `${new Date().getFullYear() + 1}-03-04`,
      time: '10:30',
      durationMinutes: 30,
      timeZone: 'UTC',
      repeats: 'none',
      lobby: true,
    })
    const link = `${stage.parley.url}/m/${meeting.code}`
    await rita.goto(link)
    await rita.join()

    const sam = await stage.person('Sam', 1)
    await sam.goto(link)
    await sam.fill('Your name', 'Sam', 'textbox')
    await sam.press('Ask to join')
    await sam.seeText(/Asking to join/)
    await rita.press('Admit Sam')
    await sam.inCall()
    await Promise.all([rita.seesAndHears(sam), sam.seesAndHears(rita)])

    const tom = await stage.person('Tom', 2)
    await tom.goto(link)
    await tom.fill('Your name', 'Tom', 'textbox')
    await tom.press('Ask to join')
    await rita.press('Decline Tom')
    await tom.seeText(/declined|not let in|did not/i)
    await rita.unseen('Admit Tom', 'button')
    expect(await rita.tileNames()).toHaveLength(2)
    expect(await tom.find('Leave call', 'button')).toBeNull()
  }, 300_000)

  test('[PROOF-9] a wrong, a deleted and an ended link show the same screen', async () => {
    const ula = await stage.person('Ula', 0)
    await ula.signUp()
    const api = new ApiClient(stage.parley.url)
    await api.signIn(ula.email, PASSWORD)
    const deleted = await api.newMeeting()
    await api.json('DELETE', `/api/meetings/${deleted.id}`)
    const ended = await api.newMeeting()
    await ula.goto(`/m/${ended.code}`)
    await ula.join()
    await ula.press('Leave call')
    await ula.press('End for everyone', await ula.roleOf('End for everyone', ['menuitem', 'button']))
    await ula.unseen('Leave call', 'button')

    const wrong = ended.code.replace(/[0-9a-z]{26}$/, '0'.repeat(26))
    const guest = await stage.person('Val', 1)
    const screens: string[] = []
    for (const code of [wrong, deleted.code, ended.code, 'nonsense']) {
      await guest.goto(`/m/${code}`)
      await until('a whole page', () => guest.page.evaluate(() => document.readyState === 'complete'))
      await guest.seeText(/link doesn.t work/)
      screens.push(await guest.page.evaluate(() => window.parleyProbe.text()))
    }
    expect(new Set(screens)).toHaveProperty('size', 1)
    expect(await guest.find('Leave call', 'button')).toBeNull()
  }, 300_000)

  test('[PROOF-11] the host removes a guest: that person reads it, the tile goes, and the way back is shut', async () => {
    const wes = await stage.person('Wes', 0)
    await wes.signUp()
    const link = await wes.newMeeting()
    await wes.join()
    const yan = await stage.person('Yan', 1)
    await yan.joinAsGuest(link)
    await Promise.all([wes.seesAndHears(yan), yan.seesAndHears(wes)])

    await wes.press('People')
    await wes.press('Manage Yan')
    await wes.press('Remove from the call', 'menuitem')
    await wes.press('Remove')
    await yan.seeText('You were removed from the meeting')
    await wes.noTile('Yan')
    await until('Yan’s connections to be closed', async () =>
      (await yan.page.evaluate(() => window.parleyProbe.connectionStates())).every((one) => one === 'closed'),
    )
    expect(await yan.find('Rejoin', 'button')).toBeNull()
  }, 300_000)
})
