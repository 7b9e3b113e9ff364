import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import type { UpgradeHandler } from '#server/http/createUpgradeDispatcher.ts'
import type { SfuPass } from '#server/sfu/SfuTokens.ts'

/** The leases, as the rooms see them. */
export interface MeetingLeases {
  readonly held: Iterable<string>
  holds(meetingId: string): boolean
  /** Resolves when this process answers for the meeting. @throws AppError unavailable: another one does, or nobody can tell */
  take(meeting: { readonly id: string; readonly code: string }): Promise<void>
  giveUp(meetingIds: readonly string[]): Promise<void>
  /** Another process has taken it over. */
  onLost(listener: (meetingId: string) => void): () => void
}

/** This process among those over one database: who answers for which meeting, and the way there. */
export interface Cluster {
  readonly leases: MeetingLeases
  /** Tells the process that answers for the meeting that something of it was changed in the database. */
  tellChanged(meetingId: string): Promise<void>
  /** Another process has changed something of this meeting; null: of any. */
  onChanged(listener: (meetingId: string | null) => void): () => void
  /** In front of Socket.IO's upgrades: what is for another process goes there. */
  route(local: UpgradeHandler): UpgradeHandler
  /** In front of the SFU gate's: refuses a forged passport. */
  admit(local: UpgradeHandler): UpgradeHandler
  /** For the SFU gate. @returns false when the connection is for this process */
  passOn(pass: SfuPass, request: IncomingMessage, socket: Duplex, head: Buffer): Promise<boolean>
  /** The client's address, for a connection that another process has passed on; else undefined. */
  addressOf(request: IncomingMessage): string | undefined
  /** Gives up all leases and takes none any more: others go on. Ends what goes through here to them. */
  leave(): Promise<void>
  close(): Promise<void>
}
