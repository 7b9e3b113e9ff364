/**
 * Raised when a client of the former version would misunderstand this server. Sent in the socket's handshake;
 * a client of another version is told to reload (`protocol-mismatch`).
 */
export const PROTOCOL_VERSION = 8
