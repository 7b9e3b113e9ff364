import { startRecordingServer } from './recordingServer.ts'

/** A server of recordings in a process of its own, to be killed. Its first argument is a database, its second its variables. */
async function main(): Promise<void> {
  const [databaseUrl = '', variables = '{}'] = process.argv.slice(2)
  const server = await startRecordingServer(databaseUrl, JSON.parse(variables))
  process.stdout.write(`${server.port}\n`)
}

void main()
