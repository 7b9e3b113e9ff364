import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import { readRoutingKey } from '#lib/protocol/routingKey.ts'
import type { RunningEnv } from '#server/env.ts'
import { addressBlock, clientAddress } from '#server/http/clientAddress.ts'
import type { UpgradeHandler } from '#server/http/createUpgradeDispatcher.ts'
import { refuseUpgrade } from '#server/http/relaySockets.ts'
import type { Log } from '#server/log.ts'
import { KeyedBuckets } from '#server/realtime/KeyedBuckets.ts'
import { DEFAULT_LIMITS } from '#server/realtime/limits.ts'
import type { Cluster } from './Cluster.ts'
import { Forwarder, type Upgrade } from './Forwarder.ts'
import { Leases } from './Leases.ts'
import type { Holder, LeaseRows } from './leaseRows.ts'
import { Membership } from './Membership.ts'
import { PrismaLeaseRows } from './PrismaLeaseRows.ts'
import { Passports } from './passport.ts'

export type ClusterDeps = {
  readonly prisma: ConstructorParameters<typeof PrismaLeaseRows>[0]
  readonly databaseUrl: string
  readonly env: Pick<
    RunningEnv,
    'AUTH_SECRET' | 'AUTH_SECRET_PREVIOUS' | 'TRUSTED_PROXY_HOPS' | 'PARLEY_INTERNAL_URL' | 'PORT'
  >
  readonly log: Log
}

/** Comes in among the processes over this database. Resolves after the first attempt, whether it worked or not. */
export async function createCluster(deps: ClusterDeps): Promise<Cluster> {
  const { env, log } = deps
  const rows: LeaseRows = new PrismaLeaseRows(deps.prisma)
  const changed = new Set<(meetingId: string | null) => void>()
  /** Addresses of clients whose connections came through another process. */
  const passedOn = new WeakMap<IncomingMessage, string>()
  /** Looking up and dialling for strangers is work as well. */
  const perAddress = new KeyedBuckets(DEFAULT_LIMITS.connections)
  /** Prevents: a storm of people of one meeting that asks the database once each. */
  const asked = new Map<string, Promise<Holder | null>>()
  const tell = (meetingId: string | null): void => {
    for (const listener of [...changed]) listener(meetingId)
  }
  let known = false
  const membership = new Membership(
    deps.databaseUrl,
    env.PARLEY_INTERNAL_URL ?? `http://127.0.0.1:${env.PORT}`,
    {
      onNews: (news) => {
        if ('meetingId' in news) tell(news.meetingId)
      },
      onUp: () => {
        if (known)
          void leases.check().then(() => tell(null), logged('what was missed could not be looked up'))
        known = true
      },
    },
    log,
  )
  const leases = new Leases(rows, membership, log)
  const passports = new Passports({ secret: env.AUTH_SECRET, previousSecret: env.AUTH_SECRET_PREVIOUS })
  const forwarder = new Forwarder(passports, log)
  await membership.start()

  function logged(what: string): (error: unknown) => void {
    return (error) => log.warn({ err: error }, what)
  }

  /** Null when the lease is ours or nobody's who lives. */
  function holderOf(key: string, by: Parameters<LeaseRows['find']>[0]): Promise<Holder | null> {
    const answer =
      asked.get(key) ??
      rows
        .find(by)
        .then((holder) => (holder?.alive && holder.processId !== membership.id ? holder : null))
        .finally(() => asked.delete(key))
    asked.set(key, answer)
    return answer
  }

  function upgradeOf(request: IncomingMessage, socket: Duplex, head: Buffer): Upgrade {
    const { remoteAddress } = request.socket
    return {
      request,
      socket,
      head,
      address: clientAddress(remoteAddress, request.headers, env.TRUSTED_PROXY_HOPS),
    }
  }

  async function pass(upgrade: Upgrade, key: string, by: Parameters<LeaseRows['find']>[0]): Promise<boolean> {
    const { socket, address } = upgrade
    if (perAddress.take(addressBlock(address), performance.now()) > 0) {
      refuseUpgrade(socket, '429 Too Many Requests')
      return true
    }
    return forwarder.pass(upgrade, () => holderOf(key, by))
  }

  /** @returns false for one that was refused */
  function admitted(request: IncomingMessage, socket: Duplex): boolean {
    const passport = passports.read(request, membership.id)
    if (passport === 'absent') return true
    if (passport === 'forged') {
      log.warn({ address: request.socket.remoteAddress }, 'a forged passport was refused')
      refuseUpgrade(socket, '403 Forbidden')
      return false
    }
    passedOn.set(request, passport.address)
    return true
  }

  return {
    leases,
    async tellChanged(meetingId) {
      if (membership.others) await rows.tellChanged(meetingId)
    },
    onChanged(listener) {
      changed.add(listener)
      return () => changed.delete(listener)
    },

    route: (local: UpgradeHandler) => (request, socket, head) => {
      if (!admitted(request, socket)) return
      const key = readRoutingKey(request.url)
      if (key === null || !membership.others || leases.holdsKey(key) || passedOn.has(request)) {
        return local(request, socket, head)
      }
      pass(upgradeOf(request, socket, head), key, { routingKey: key }).then(
        (elsewhere) => elsewhere || local(request, socket, head),
        (error: unknown) => {
          logged('a connection could not be routed')(error)
          refuseUpgrade(socket, '503 Service Unavailable')
        },
      )
    },

    admit: (local: UpgradeHandler) => (request, socket, head) => {
      if (admitted(request, socket)) return local(request, socket, head)
    },

    async passOn({ room: { conferenceId } }, request, socket, head) {
      if (!membership.others || passedOn.has(request)) return false
      return pass(upgradeOf(request, socket, head), conferenceId, { conferenceId })
    },

    addressOf: (request) => passedOn.get(request),

    async leave() {
      await leases.leave()
      forwarder.close()
    },
    async close() {
      const { id } = membership
      if (id !== null) await rows.forget(id).catch(logged('this process could not be taken off the list'))
      await membership.close()
    },
  }
}
