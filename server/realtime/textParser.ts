import { Decoder, Encoder, type Packet } from 'socket.io-parser'

/**
 * Socket.IO's own wire format without its binary half: we send none, and whoever sends some is closed.
 * Leaves out the walk through every outgoing object in search of binary data (a snapshot has thousands of fields)
 * and the attachment state that a hostile frame could grow (K40).
 */
class PlainEncoder extends Encoder {
  override encode(packet: Packet): string[] {
    const namespace = packet.nsp && packet.nsp !== '/' ? `${packet.nsp},` : ''
    const data = packet.data == null ? '' : JSON.stringify(packet.data)
    return [`${packet.type}${namespace}${packet.id ?? ''}${data}`]
  }
}

const BINARY_EVENT = '5'
const BINARY_ACK = '6'

class PlainDecoder extends Decoder {
  /** @throws for anything but a text packet; Socket.IO then closes the sender, and only the sender */
  override add(data: unknown): void {
    if (typeof data !== 'string' || data[0] === BINARY_EVENT || data[0] === BINARY_ACK) {
      throw new Error('binary packets are not spoken here')
    }
    super.add(data)
  }
}

export const textParser = { Encoder: PlainEncoder, Decoder: PlainDecoder }
