import type { Server } from 'node:net'
import { BootError } from './BootError.ts'

/** Resolves once the server accepts connections. @throws BootError that names PORT when it cannot */
export async function listen(server: Server, port: number, host: string | undefined): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => reject(explain(error, port, host)))
    server.listen({ port, host }, () => {
      server.removeAllListeners('error')
      resolve()
    })
  })
}

function explain(error: NodeJS.ErrnoException, port: number, host: string | undefined): Error {
  if (error.code === 'EADDRINUSE') {
    return new BootError(`Port ${port} is taken by another program. Choose another one: PORT=3001 npm start`)
  }
  if (error.code === 'EACCES') {
    return new BootError(`This account may not listen on port ${port}. Choose one above 1023 with PORT.`)
  }
  if (error.code === 'EADDRNOTAVAIL') return new BootError(`HOST=${host} is no address of this machine.`)
  return error
}
