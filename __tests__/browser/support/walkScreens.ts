import type { Person } from './Person.ts'
import type { Parley } from './startParley.ts'
import { until } from './until.ts'
import { walkRecordedCall } from './walkRecordedCall.ts'
import { walkRecordings } from './walkRecordings.ts'

/** Called on each screen, once it has settled; `who` stands on it. */
export type Visit = (screen: string, who: Person) => Promise<void>

/**
 * Leads a host and a guest over every screen there is.
 * @param host without an account yet; the first on this server, so that the admin's screens open
 */
export async function walkScreens(parley: Parley, host: Person, guest: Person, visit: Visit): Promise<void> {
  async function settle(screen: string, who: Person): Promise<void> {
    await settled(screen, who)
    await visit(screen, who)
  }
  const open = async (who: Person, path: string, screen: string) => {
    await who.goto(path)
    await settle(screen, who)
  }

  await open(host, '/', 'landing')
  await open(host, '/sign-in', 'sign-in')
  await open(host, '/sign-up', 'sign-up')
  await host.signUp()
  await host.see('New meeting', 'button')
  await settle('meetings-empty', host)
  await open(host, '/meetings/new', 'schedule')
  await host.fill('Title', 'Weekly planning', 'textbox')
  await host.fill('Date', `${new Date().getFullYear() + 1}-03-04`)
  await host.fill('Start time', '10:30')
  await host.press('Waiting room', await host.roleOf('Waiting room', ['switch', 'checkbox']))
  await host.press('Schedule')
  await host.see('Copy link', 'button')
  await settle('meetings', host)
  await walkRecordings({ parley, host, guest, settle, open })
  await open(host, '/account/sessions', 'account-sessions')
  await open(host, '/admin/users', 'admin-users')
  await open(host, '/admin/sessions', 'admin-sessions')
  await open(host, '/admin/server', 'admin-server')
  await open(host, '/nowhere', 'not-found')

  const link = await host.newMeeting()
  await host.see('Join now', 'button')
  await settle('green-room-host', host)
  await host.join()
  await settle('call-alone', host)

  await guest.goto(link)
  await guest.see('Your name', 'textbox')
  await settle('green-room-guest', guest)
  await guest.joinAsGuest(link)
  await guest.seesPicture(host.name)
  await settle('call-two', host)
  await settle('call-two-guest', guest)
  await guest.press('Turn off camera')
  await until('the picture to be gone', async () => (await host.receives(guest.name))?.video === false)
  await settle('call-without-camera', host)
  // The choice is remembered: without this the guest would come without a picture from here on.
  await guest.press('Turn on camera')
  await host.seesPicture(guest.name)
  await host.say('Shall we begin?')
  await settle('call-chat', host)
  await host.press('Close chat')
  await host.press('People')
  await settle('call-people', host)
  await host.press(`Manage ${guest.name}`)
  await settle('call-person-menu', host)
  await host.press('Make co-host', 'menuitem')
  await guest.seeText(/co-host/i)
  await settle('call-co-host', guest)
  await host.press('Host controls')
  await host.press('Turn on their camera', 'switch')
  await settle('call-host-controls', host)
  await host.press('Turn on their camera', 'switch')
  await host.page.keyboard.press('Escape')
  await host.press('Close people')
  await host.press('Cameras')
  await settle('call-camera-menu', host)
  await host.page.keyboard.press('Escape')
  await walkRecordedCall({ parley, host, guest, link, settle })
  await guest.joinAsGuest(link)
  await guest.leave()
  await settle('left', guest)
  await open(guest, '/m/calm-river-00000000000000000000000000', 'link-unknown')
  await host.leave()

  await host.goto('/meetings')
  await host.press('Join', 'link')
  await host.join()
  const guarded = host.page.url()
  await guest.goto(guarded)
  await guest.fill('Your name', guest.name, 'textbox')
  await guest.press('Ask to join')
  await guest.seeText(/Asking to join/)
  await settle('waiting', guest)
  await host.see(`Admit ${guest.name}`, 'button')
  await settle('call-someone-waiting', host)
  await host.press(`Admit ${guest.name}`)
  await guest.inCall()
  await host.press('Leave call')
  await settle('call-leave-menu', host)
  await host.press('End for everyone', await host.roleOf('End for everyone', ['menuitem', 'button']))
  await guest.seeText('The meeting has ended')
  await settle('ended', guest)
}

/** Everything loaded, and nothing on its way from one look to another. */
export async function settled(screen: string, who: Person): Promise<void> {
  await until(`${screen} to settle`, () =>
    who.page.evaluate(
      () =>
        document.readyState === 'complete' &&
        document.fonts.status === 'loaded' &&
        document
          .getAnimations()
          .every((one) => one.playState !== 'running' || one.effect?.getTiming().iterations === Infinity),
    ),
  )
}
