import type { Person } from './support/Person.ts'
import { stageSuite, withBrowsers } from './support/stage.ts'
import { until } from './support/until.ts'

/** Three browsers, each encoding for both ways while they move, on two cores. */
const SLOWLY = { timeoutMs: 90_000 }

const transportOf = (person: Person) => person.page.evaluate(() => window.parleyProbe.call()?.transport)
const pathsOf = (person: Person) =>
  person.page.evaluate(() => window.parleyProbe.participants().map(({ path }) => path))

/** A mesh that becomes a meeting on the SFU and a mesh again, with the real media server. */
withBrowsers('chromium')('the way of media', () => {
  const stage = stageSuite({
    env: { SFU: 'auto', MESH_PEOPLE: '2', SFU_CALM_SECONDS: '3' },
    startTimeoutMs: 180_000,
  })

  test('[PROOF-12] one more person moves everybody to the SFU, one less moves them back, and nobody misses a thing', async () => {
    const mia = await stage.person('Mia', 0)
    await mia.signUp()
    const link = await mia.newMeeting()
    await mia.join()
    const ned = await stage.person('Ned', 1)
    await ned.joinAsGuest(link)
    await Promise.all([mia.seesAndHears(ned), ned.seesAndHears(mia)])
    expect([await transportOf(mia), await transportOf(ned)]).toEqual(['mesh', 'mesh'])

    const ola = await stage.person('Ola', 2)
    await ola.joinAsGuest(link)
    const three = [mia, ned, ola]
    for (const one of three) {
      await until(
        `${one.name} to have everybody over the server`,
        async () => {
          const paths = await pathsOf(one)
          return paths.filter((path) => path === 'server').length === 2 && paths
        },
        SLOWLY,
      )
    }
    for (const one of three) {
      await one.seesAndHears(...three.filter((other) => other !== one))
      expect(await transportOf(one)).toBe('sfu')
    }
    // Whoever tips the room makes the connections of the new transport and no other.
    expect(await ola.page.evaluate(() => window.parleyProbe.connectionsMade)).toBeLessThanOrEqual(2)

    await ola.leave()
    for (const one of [mia, ned]) {
      await until(`${one.name} to have the other directly again`, async () =>
        (await pathsOf(one)).includes('direct'),
      )
      expect(await transportOf(one)).toBe('mesh')
    }
    await Promise.all([mia.seesAndHears(ned), ned.seesAndHears(mia)])
  }, 300_000)
})
