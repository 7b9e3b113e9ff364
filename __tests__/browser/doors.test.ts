import { ApiClient } from './support/ApiClient.ts'
import { PASSWORD } from './support/Person.ts'
import { openStage, type Stage, withBrowsers } from './support/stage.ts'
import { until } from './support/until.ts'

withBrowsers('chromium')('at the door', () => {
  let stage: Stage

  beforeAll(async () => {
    stage = await openStage()
  }, 120_000)
  afterAll(() => stage.close(), 30_000)
  afterEach(async () => {
    expect(await stage.clear()).toEqual([])
  }, 30_000)

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
  }, 120_000)

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
      await guest.see('Your name', 'textbox').catch(() => null)
      if (await guest.find('Your name', 'textbox')) {
        await guest.fill('Your name', 'Val', 'textbox')
        await guest.press(await guest.seeOneOf(['Join now', 'Ask to join'], 'button'))
        await guest.unseen('Your name', 'textbox')
      }
      screens.push(await guest.page.evaluate(() => window.parleyProbe.text()))
    }
    expect(new Set(screens)).toHaveProperty('size', 1)
    expect(screens[0]).toMatch(/\w/)
    expect(await guest.find('Leave call', 'button')).toBeNull()
  }, 120_000)
})
