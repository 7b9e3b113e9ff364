import { randomUUID } from 'node:crypto'
import type { Person } from './Person.ts'
import { startRecording, stopRecording } from './recordings.ts'
import type { Parley } from './startParley.ts'

type Walk = {
  readonly parley: Parley
  /** In the call that `link` leads to, with the guest. */
  readonly host: Person
  readonly guest: Person
  readonly link: string
  settle(screen: string, who: Person): Promise<void>
}

/** The screens of a call that is recorded. The guest has left it at the end, the host is in it. */
export async function walkRecordedCall({ parley, host, guest, link, settle }: Walk): Promise<void> {
  // A recorder on offer, so that both ways to record are on the screen.
  const hostname = 'recorder.example.org'
  await parley.database.prisma.recorderProcess.create({
    data: { id: randomUUID(), free: 4, seenAt: new Date(Date.now() + 600_000), hostname },
  })
  await host.press('More')
  await settle('call-more', host)
  await host.page.keyboard.press('Escape')
  await startRecording(host, 'On this device', {
    choices: ['Also record each person’s own track (studio)', 'Ask everyone for consent first'],
    look: () => settle('recording-start', host),
  })
  await guest.see('May you be recorded?', 'dialog')
  await settle('recording-consent', guest)
  await settle('call-recorded-unasked', host)
  await guest.press('Agree and stay')
  await guest.seeText('Your own track is being recorded')
  await settle('call-recorded', host)
  await settle('call-recorded-guest', guest)
  await guest.leave()
  await guest.goto(link)
  await guest.seeText('This meeting is being recorded')
  await settle('green-room-recorded', guest)
  // Somebody left: the tile that grew into the place took its name along, which is no shift of a page.
  await host.page.evaluate(() => window.parleyProbe.forgetShifts())
  await stopRecording(host, () => settle('recording-stop', host))
  await host.unseen('Recording', 'status')
}
