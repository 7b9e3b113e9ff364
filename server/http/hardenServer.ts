import type { Server } from 'node:http'

/** NX-9: nobody may hold a connection by being slow, or send more headers than a browser would. */
export function hardenServer(server: Server): void {
  server.headersTimeout = 15_000
  server.requestTimeout = 60_000
  server.keepAliveTimeout = 65_000
  server.maxHeadersCount = 100
  server.maxRequestsPerSocket = 10_000
}

/** For http.createServer: what can only be said there. Node refuses CL/TE conflicts by itself. */
export const HTTP_OPTIONS = {
  maxHeaderSize: 16 * 1024,
  insecureHTTPParser: false,
  requireHostHeader: true,
} as const
