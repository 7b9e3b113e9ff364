import http from 'node:http'
import https from 'node:https'
import next from 'next'
import { sessions } from '#server/auth/sessions.ts'
import { announce } from '#server/boot/announce.ts'
import { boot } from '#server/boot/boot.ts'
import { closeHttp, closeOnSignal } from '#server/boot/closeOnSignal.ts'
import { exitWith } from '#server/boot/exitWith.ts'
import { listen } from '#server/boot/listen.ts'
import { parseFlags } from '#server/boot/parseFlags.ts'
import { createJanitor } from '#server/database/PrismaJanitor.ts'
import { database } from '#server/db.ts'
import { createHttpHandler } from '#server/http/createHttpHandler.ts'
import { createUpgradeDispatcher } from '#server/http/createUpgradeDispatcher.ts'
import { HTTP_OPTIONS, hardenServer } from '#server/http/hardenServer.ts'
import { limits } from '#server/limits/limits.ts'
import { log } from '#server/log.ts'
import { createRealtime } from '#server/realtime/createRealtime.ts'
import { PrismaConferenceRecords } from '#server/realtime/PrismaConferenceRecords.ts'

/** The composition root: everything is made here, once, and handed what it needs. */
async function main(): Promise<void> {
  const root = process.cwd()
  const flags = parseFlags(process.argv.slice(2))
  const { env, tls, release } = await boot(root, flags, (text) => process.stdout.write(`${text}\n`))

  const server = tls ? https.createServer({ ...HTTP_OPTIONS, ...tls }) : http.createServer(HTTP_OPTIONS)
  hardenServer(server)
  const deps = { env, sessions: sessions(), log: log() }
  const realtime = createRealtime(server, { ...deps, records: new PrismaConferenceRecords(database()) })

  const app = next({ dev: flags.dev, dir: root, httpServer: server, port: env.PORT })
  createUpgradeDispatcher(
    server,
    {
      '/socket.io/': realtime.handleUpgrade,
      // Asked for when it is needed: before prepare() Next has none.
      next: flags.dev ? (request, socket, head) => app.getUpgradeHandler()(request, socket, head) : null,
    },
    env,
  )
  try {
    await app.prepare()
    server.on('request', createHttpHandler(app.getRequestHandler(), deps))
    await listen(server, env.PORT, env.HOST)
  } catch (error) {
    await deps.sessions.close()
    await release()
    throw error
  }
  const janitor = createJanitor(database(), log())
  closeOnSignal(log(), {
    realtime: () => realtime.close(),
    http: () => closeHttp(server),
    next: () => app.close(),
    janitor: () => janitor.close(),
    limits: () => limits().close(),
    sessions: () => deps.sessions.close(),
    prisma: () => database().$disconnect(),
    boot: release,
  })
  await announce(env)
}

main().catch(exitWith)
