import type { ConferenceId } from '#lib/protocol/ids.ts'

/** A process that holds a meeting's lease. */
export type Holder = { readonly processId: number; readonly url: string; readonly alive: boolean }

/** Which process answers for which meeting, as it is written down. Each method may reject when the database is away. */
export interface LeaseRows {
  /**
   * Takes a lease that nobody holds, that `processId` holds already, or whose holder is dead: all looked at in one
   * statement. @returns false when another living process holds it, or this one does not count as alive
   */
  take(meetingId: string, routingKey: string, processId: number): Promise<boolean>
  /** The meetings that `processId` still holds. */
  heldBy(processId: number): Promise<readonly string[]>
  /** Gives up what `processId` still holds of these; of all without a list. */
  release(processId: number, meetingIds?: readonly string[]): Promise<void>
  find(by: { readonly routingKey: string } | { readonly conferenceId: ConferenceId }): Promise<Holder | null>
  /** The process is about to end: neither it nor a lease of its is left. */
  forget(processId: number): Promise<void>
  /** Tells every process that something of this meeting was changed in the database. */
  tellChanged(meetingId: string): Promise<void>
}
