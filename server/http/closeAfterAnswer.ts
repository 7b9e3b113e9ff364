import type { IncomingMessage, ServerResponse } from 'node:http'

/** As long as a client gets to read why it was refused. */
const LINGER_MS = 2_000
/** So much of what it still sends is taken in and thrown away; then it waits. */
const LINGER_BYTES = 1024 * 1024

/**
 * Ends the connection once the answer is out, although not all of the request was read. Closed at once, the system would
 * send a reset for what lies unread, and a client that gets one loses the answer it has not read yet; so our side is
 * closed first and theirs a little later (RFC 9112 §9.6). To be called before the answer is sent.
 */
export function closeAfterAnswer(request: IncomingMessage, response: ServerResponse): void {
  response.setHeader('Connection', 'close')
  const { socket } = request
  // What Node calls when an answer that closes its connection has been handed over.
  socket.destroySoon = () => {
    socket.end()
    const timer = setTimeout(() => socket.destroy(), LINGER_MS)
    socket.once('close', () => clearTimeout(timer))
    discard(request)
  }
}

function discard(request: IncomingMessage): void {
  let bytes = 0
  request.on('error', () => undefined)
  request.on('data', (piece: Buffer) => {
    bytes += piece.length
    if (bytes > LINGER_BYTES) request.pause()
  })
  // Whoever refused it may have held it up.
  request.resume()
}
