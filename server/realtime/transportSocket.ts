import type { Socket as EngineSocket } from 'engine.io'

/** What engine.io keeps to itself and the backlog needs. Each field is looked for, none is taken for granted. */
type Internals = {
  readonly writeBuffer?: readonly { readonly data?: unknown }[]
  readonly transport?: { readonly socket?: { readonly bufferedAmount?: number; terminate?: () => void } }
}

// engine.io types neither its write buffer nor the WebSocket below its transport.
const internals = (conn: unknown): Internals => conn as Internals

/** Below this many packets their bytes are not counted: they are bounded by the size of one answer each. */
const COUNT_FROM_PACKETS = 16

/** What was sent to a client and has not left this process. */
export function backlogOf(conn: EngineSocket | object): { packets: number; bytes: number } {
  const { writeBuffer = [], transport } = internals(conn)
  let bytes = transport?.socket?.bufferedAmount ?? 0
  if (writeBuffer.length >= COUNT_FROM_PACKETS) {
    for (const { data } of writeBuffer) if (typeof data === 'string') bytes += data.length
  }
  return { packets: writeBuffer.length, bytes }
}

/** Cuts the TCP connection, without a closing handshake that a hostile client could draw out. */
export function terminate(conn: EngineSocket | object): void {
  internals(conn).transport?.socket?.terminate?.()
}
