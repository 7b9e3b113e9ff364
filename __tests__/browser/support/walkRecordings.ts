import { MAX_ATTEMPTS } from '#server/recordings/finishing/PrismaFinishingRows.ts'
import { seedPart } from '../../support/seedRecording.ts'
import { chooseCaptions, SPOKEN, vttOf } from './addTranscript.ts'
import { hasFfmpeg, makeFilm } from './makeFilm.ts'
import type { Person } from './Person.ts'
import { seedFilm } from './seedFilms.ts'
import type { Parley } from './startParley.ts'
import { until } from './until.ts'

const SECONDS = 150
const HOUR_MS = 3_600_000

type Walk = {
  readonly parley: Parley
  /** Signed up. */
  readonly host: Person
  readonly guest: Person
  settle(screen: string, who: Person): Promise<void>
  open(who: Person, path: string, screen: string): Promise<void>
}

/** The screens of recordings, with a film that plays. */
export async function walkRecordings({ parley, host, guest, settle, open }: Walk): Promise<void> {
  await host.goto('/recordings')
  await host.seeText('No recordings yet')
  await settle('recordings-empty', host)
  if (!hasFfmpeg()) {
    if (process.env.CI === 'true') throw new Error('ffmpeg is not installed')
    return
  }
  const ago = (hours: number): Date => new Date(Date.now() - hours * HOUR_MS)
  const film = makeFilm(SECONDS)
  const none: Buffer = Buffer.from('none')
  const seed = (title: string, options: object, content: Buffer = none) =>
    seedFilm(parley, host.email, content, { seconds: SECONDS, title, ...options })
  const partly = await seed(
    'Design review',
    { createdAt: ago(50), people: ['Ada Lovelace', 'Kenji Mori'] },
    film,
  )
  await giveUp(parley, partly.id)
  const failed = await seed('Interview', {
    state: 'FAILED',
    stopReason: 'disk-full',
    createdAt: ago(26),
    files: [],
  })
  const preparing = await seed('Retrospective', { state: 'FINISHING', createdAt: ago(3), files: [] })
  const ready = await seed('Weekly planning', { createdAt: ago(2) }, film)

  await host.goto('/recordings')
  await host.see('Weekly planning', 'link')
  await settle('recordings', host)
  await open(host, `/recordings/${preparing.id}`, 'recording-preparing')
  await open(host, `/recordings/${failed.id}`, 'recording-failed')
  await open(host, `/recordings/${partly.id}`, 'recording-gave-up')
  await host.goto(`/recordings/${ready.id}`)
  await playFrom(host, 65)
  await settle('recording', host)
  await host.press('Transcript', 'tab')
  await settle('recording-transcript-none', host)
  await chooseCaptions(host, 'captions.vtt', vttOf(SPOKEN))
  await host.see('Captions')
  await host.page.keyboard.press('c')
  await host.page.evaluate(() => window.parleyProbe.forgetShifts())
  await settle('recording-transcript', host)
  await host.fill('Search the transcript', 'roadmap', 'searchbox')
  await host.seeText('2 of 17 lines')
  await settle('recording-transcript-search', host)
  await host.press('More about the transcript')
  await settle('recording-transcript-menu', host)
  await host.page.keyboard.press('Escape')
  await host.press('More about the transcript')
  await host.press('Remove the transcript…', 'menuitem')
  await settle('recording-transcript-remove', host)
  await host.press('Keep it')
  await host.press('Clip')
  await settle('recording-clip', host)
  await host.press('Make clip')
  await host.see('Clips', 'heading')
  // The panel closes when the clip is made, which a busy server does more than half a second after the press.
  await host.page.evaluate(() => window.parleyProbe.forgetShifts())
  await settle('recording-clips', host)
  await host.press('Download')
  await settle('recording-download', host)
  await host.page.keyboard.press('Escape')
  await host.press('Make one film')
  await settle('recording-film', host)
  await host.press('Not now')
  await host.press('Share')
  await host.fill('For whom', 'The board', 'textbox')
  await host.fill('Passcode (optional)', 'open sesame', 'textbox')
  await settle('recording-share', host)
  await host.press('Create link')
  const link = await linkOf(host, 'Link for The board')
  await settle('recording-shared', host)
  await host.page.keyboard.press('Escape')
  await host.press('Delete')
  await settle('recording-delete', host)
  await host.press('Keep it')

  await guest.goto(link)
  await guest.see('Passcode', 'textbox')
  await settle('shared-passcode', guest)
  await guest.fill('Passcode', 'open sesame', 'textbox')
  await guest.press('Watch')
  await guest.seeText('Weekly planning')
  await settle('shared-recording', guest)
  await open(guest, '/r/AAAAAAAAAAAAAAAAAAAAAA', 'shared-over')
}

export async function linkOf(who: Person, name: string): Promise<string> {
  const box = await who.see(name, 'textbox')
  return box.evaluate((element) => (element instanceof HTMLInputElement ? element.value : ''))
}

/** Stands still there, with its picture decoded. */
async function playFrom(who: Person, seconds: number): Promise<void> {
  await who.see('Position', 'slider')
  await until('the picture', () =>
    who.page.evaluate(async (to) => {
      const video = document.querySelector('video')
      if (!video || video.readyState < 1) return false
      if (Math.abs(video.currentTime - to) > 1) video.currentTime = to
      return video.readyState >= 2 && !video.seeking
    }, seconds),
  )
}

/** Something of it is left of which no file could be made. In this order: nobody is to try what is seeded. */
async function giveUp({ database: { prisma } }: Parley, id: string): Promise<void> {
  await prisma.recording.update({ where: { id }, data: { attempts: MAX_ATTEMPTS }, select: { id: true } })
  await seedPart(prisma, id, 'COMPOSED')
}
