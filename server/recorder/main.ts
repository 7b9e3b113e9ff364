import { randomUUID } from 'node:crypto'
import os from 'node:os'
import path from 'node:path'
import { parseArgs } from 'node:util'
import { sessions } from '#server/auth/sessions.ts'
import { BootError } from '#server/boot/BootError.ts'
import { closeOnSignal } from '#server/boot/closeOnSignal.ts'
import { exitWith } from '#server/boot/exitWith.ts'
import { lockDataFolder } from '#server/boot/lockDataFolder.ts'
import { loadSecrets, prepareDataFolder } from '#server/boot/secrets.ts'
import { database } from '#server/db.ts'
import { env, loadEnv, type RunningEnv } from '#server/env.ts'
import { log } from '#server/log.ts'
import { PrismaRecorderDesk } from '#server/recordings/PrismaRecorderDesk.ts'
import type { OpenRecording } from '#server/recordings/RecorderDesk.ts'
import { answers } from './answers.ts'
import { BrowserStock } from './BrowserStock.ts'
import { endChromium, launchChromium } from './chromium.ts'
import { findChromium } from './findChromium.ts'
import { readFormerId, writeFormerId } from './formerId.ts'
import { idleProcessors } from './idleProcessors.ts'
import { Leftovers } from './Leftovers.ts'
import { writeRecording } from './leftFolder.ts'
import { endOrphans } from './orphans.ts'
import type { PageOfMeeting } from './pageOfMeeting.ts'
import { placesOf } from './places.ts'
import { Recorder } from './Recorder.ts'
import { RecorderBrowser } from './RecorderBrowser.ts'
import { recorderFolders } from './recorderFolders.ts'
import { recorderPlan } from './recorderPlan.ts'
import { sendLeftovers } from './sendLeftovers.ts'
import { watchParent } from './watchParent.ts'

/** `npm run recorder`: takes recordings out of the database's job table; as many of it as wanted, on any machine. */
async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      // Set by `npm start`, whose child this is then.
      reach: { type: 'string' },
      'own-key': { type: 'string' },
      chromium: { type: 'string' },
      supervised: { type: 'boolean', default: false },
    },
  })
  const configuration = completeEnv(path.resolve(process.cwd()))
  // Who started us has just tried it: trying it again would be part of the gap after a death.
  const executable = values.chromium ?? (await findChromium(configuration.CHROMIUM_BIN))
  if (executable === null) throw new BootError(noChromium(configuration.CHROMIUM_BIN))
  const folders = recorderFolders(path.resolve(configuration.PARLEY_DATA_DIR))
  const unlock = lockDataFolder(folders.own)
  const orphans = endOrphans(folders.browsers)
  if (orphans.ended > 0)
    log().warn({ left: orphans.ended }, 'ended browsers that a former recorder left behind')
  const origin = configuration.PUBLIC_URL
  const reach = values.reach ?? null
  const ownKey = values['own-key'] ?? null
  const chromium = { executable, parent: folders.browsers, origin, reach, ownKey }
  const stock = new BrowserStock({
    launch: () => launchChromium(chromium),
    end: endChromium,
    idle: idleProcessors(),
    log: log(),
  })
  const processors = os.availableParallelism()
  const places = placesOf(processors, configuration.RECORDER_PLACES)
  if (places > 0) stock.fill()
  const desk = new PrismaRecorderDesk(database())
  const former = readFormerId(folders.own)
  // Killed: its jobs need not wait until their leases have run out.
  if (former !== null) await desk.leave(former).catch(() => undefined)
  const id = `${os.hostname()}:${randomUUID()}`
  writeFormerId(folders.own, id)

  const serverAnswers = (): Promise<boolean> => answers({ origin, reach, ownKey })
  const pageOf = async ({ id, meetingId, meetingCode }: OpenRecording): Promise<PageOfMeeting> => {
    const client = { device: `Recorder on ${os.hostname()}`, address: '127.0.0.1' }
    const { cookie } = await sessions().startRecorder({ id, meetingId }, client)
    return { origin, meetingCode, cookie }
  }
  const leftovers = new Leftovers({
    find: (recording) => desk.find(recording),
    send: async (folder, recording, signal) => {
      const page = await pageOf(recording)
      await sendLeftovers(await launchChromium(chromium, folder), page, signal)
    },
    serverAnswers,
    work: () => recorder.work,
    idle: idleProcessors(),
    log: log(),
  })
  const recorder = new Recorder({
    desk,
    id,
    hostname: os.hostname(),
    places,
    log: log(),
    serverAnswers,
    async openCamera(job) {
      const plan = recorderPlan(configuration, processors, job.recordedAs)
      const visit = { ...(await pageOf(job)), plan }
      try {
        const taken = await stock.take()
        writeRecording(taken.folder, job.id)
        return await RecorderBrowser.open(taken, visit, (folder) => leftovers.take(folder), log())
      } finally {
        stock.fillLater()
      }
    },
  })
  recorder.start()
  for (const folder of orphans.left) leftovers.take(folder)
  log().info({ id, places, ...recorderPlan(configuration, processors) }, 'recorder ready')
  closeOnSignal(log(), {
    recordings: () => recorder.close(),
    leftovers: () => leftovers.close(),
    stock: () => stock.close(),
    sessions: () => sessions().close(),
    prisma: () => database().$disconnect(),
    lock: async () => unlock(),
  })
  if (values.supervised) watchParent(serverAnswers, () => process.kill(process.pid, 'SIGTERM'))
}

/** The same database, keys and address as the Parley that it records for. */
function completeEnv(root: string): RunningEnv {
  const given = loadEnv(process.env)
  const dataFolder = path.resolve(root, given.PARLEY_DATA_DIR)
  prepareDataFolder(dataFolder)
  if (given.DATABASE_URL === undefined) {
    throw new BootError(
      'A recorder of its own needs DATABASE_URL: the database of the Parley that it records for.\n' +
        'On the machine of `npm start` none is needed: a recorder is started with it.',
    )
  }
  const AUTH_SECRET = given.AUTH_SECRET ?? loadSecrets(dataFolder).AUTH_SECRET
  return env({ ...given, AUTH_SECRET, PUBLIC_URL: given.PUBLIC_URL ?? `http://localhost:${given.PORT}` })
}

const noChromium = (given: string | undefined): string =>
  given === undefined
    ? 'There is no Chromium here. Install one (apt-get install chromium), or say where it is with CHROMIUM_BIN.'
    : `CHROMIUM_BIN (${given}) cannot be run.`

main().catch(exitWith)
