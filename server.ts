import http from 'node:http'
import https from 'node:https'
import path from 'node:path'
import next from 'next'
import { auditTrail } from '#server/auth/adminDeps.ts'
import { sessions } from '#server/auth/sessions.ts'
import { announce } from '#server/boot/announce.ts'
import { boot } from '#server/boot/boot.ts'
import { closeOnSignal, httpClosing } from '#server/boot/closeOnSignal.ts'
import { exitWith } from '#server/boot/exitWith.ts'
import { listen } from '#server/boot/listen.ts'
import { parseFlags } from '#server/boot/parseFlags.ts'
import { createCluster } from '#server/cluster/createCluster.ts'
import { createJanitor } from '#server/database/PrismaJanitor.ts'
import { database, databaseUrl, pingDatabase } from '#server/db.ts'
import { createHttpHandler } from '#server/http/createHttpHandler.ts'
import { createUpgradeDispatcher } from '#server/http/createUpgradeDispatcher.ts'
import { HTTP_OPTIONS, hardenServer } from '#server/http/hardenServer.ts'
import { PrecompressedFiles } from '#server/http/PrecompressedFiles.ts'
import { limits } from '#server/limits/limits.ts'
import { log } from '#server/log.ts'
import { createRealtime } from '#server/realtime/createRealtime.ts'
import { PrismaConferenceRecords } from '#server/realtime/PrismaConferenceRecords.ts'
import { createRecorder } from '#server/recorder/createRecorder.ts'
import { createRecordings } from '#server/recordings/createRecordings.ts'
import { createViewing } from '#server/recordings/PrismaViewing.ts'
import { createSfu } from '#server/sfu/createSfu.ts'

/** The composition root: everything is made here, once, and handed what it needs. */
async function main(): Promise<void> {
  const root = process.cwd()
  const flags = parseFlags(process.argv.slice(2))
  const { env, tls, release } = await boot(root, flags, (text) => process.stdout.write(`${text}\n`))

  const server = tls ? https.createServer({ ...HTTP_OPTIONS, ...tls }) : http.createServer(HTTP_OPTIONS)
  hardenServer(server)
  const deps = { env, sessions: sessions(), log: log(), pingDatabase, audit: auditTrail }
  const sfu = createSfu({ root, env, tls: tls !== null, log: deps.log })
  const records = new PrismaConferenceRecords(database())
  const cluster = await createCluster({ ...deps, prisma: database(), databaseUrl: databaseUrl() })
  const recordings = createRecordings({ ...deps, root, prisma: database() })
  const rooms = { ...deps, records, recordings: recordings.jobs, sfu: sfu.port, cluster }
  const realtime = createRealtime(server, rooms)
  const gate = sfu.open(realtime.sfuGuard, cluster.passOn)

  const app = next({ dev: flags.dev, dir: root, httpServer: server, port: env.PORT })
  createUpgradeDispatcher(
    server,
    {
      '/socket.io/': realtime.handleUpgrade,
      '/sfu/': cluster.admit(gate.handleUpgrade),
      // Asked for when it is needed: before prepare() Next has none.
      next: flags.dev ? (request, socket, head) => app.getUpgradeHandler()(request, socket, head) : null,
    },
    env,
  )
  try {
    // The first to come do not wait for the first connection. Gone since boot: then each request says so.
    await Promise.all([app.prepare(), pingDatabase().catch(() => null)])
    const built = path.join(root, process.env.PARLEY_DIST_DIR ?? '.next', 'static')
    const files = flags.dev ? null : new PrecompressedFiles(built, '/_next/static/')
    const handle = app.getRequestHandler()
    const media = createViewing({ ...deps, prisma: database(), recordings })
    const others = { files, sfu: gate.handleRequest, intake: recordings.handleRequest, media }
    server.on('request', createHttpHandler(handle, { ...deps, ...others }))
    await listen(server, env.PORT, env.HOST)
  } catch (error) {
    for (const part of [recordings, sfu, cluster, deps.sessions]) await part.close()
    await release()
    throw error
  }
  const janitor = createJanitor(database(), log())
  const closing = httpClosing(server)
  const recorder = createRecorder({ root, env, tls, log: deps.log })
  closeOnSignal(log(), {
    // What it still has of a recording needs a server that listens.
    recorder: () => recorder.close(),
    // Before all else: whoever is sent away comes back to another process.
    listening: () => closing.refuse(),
    realtime: () => realtime.close(),
    sfu: () => sfu.close(),
    http: () => closing.finish(),
    next: () => app.close(),
    janitor: () => janitor.close(),
    recordings: () => recordings.close(),
    limits: () => limits().close(),
    cluster: () => cluster.close(),
    sessions: () => deps.sessions.close(),
    prisma: () => database().$disconnect(),
    boot: release,
  })
  await announce(env)
}

main().catch(exitWith)
