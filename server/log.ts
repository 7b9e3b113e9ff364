import { type DestinationStream, type Logger, pino } from 'pino'
import { env } from '#server/env.ts'
import { processSingleton } from '#server/processSingleton.ts'

export type Log = Logger

/** Fields that must never reach a log line, wherever in the object they sit (two levels deep). */
const SECRET_FIELDS = ['password', 'passwordHash', 'token', 'secret', 'cookie', 'authorization', 'setupCode']

/** One line for a person: time, level, message, then the fields as JSON, in which CR and LF are escaped. */
const readable: DestinationStream = {
  write(line) {
    const { time, level, msg, pid: _pid, hostname: _hostname, ...fields } = JSON.parse(line)
    const label = pino.levels.labels[level] ?? String(level)
    const rest = Object.keys(fields).length > 0 ? ` ${JSON.stringify(fields)}` : ''
    const text = msg === undefined ? '' : JSON.stringify(String(msg)).slice(1, -1).replaceAll('\\"', '"')
    process.stdout.write(`${new Date(time).toISOString()} ${label.padEnd(5)} ${text}${rest}\n`)
  },
}

/**
 * @param level the least severe level that is written
 * @param pretty lines for people instead of JSON lines
 */
export function createLog(level: string, pretty: boolean): Log {
  const options = {
    level,
    base: null,
    redact: { paths: SECRET_FIELDS.flatMap((field) => [field, `*.${field}`]), censor: '[hidden]' },
  }
  return pretty ? pino(options, readable) : pino(options)
}

/** The process's log: JSON lines on stdout, or readable ones on a terminal (LOG_PRETTY decides otherwise). */
export function log(): Log {
  return processSingleton('log', () => {
    const { LOG_LEVEL, LOG_PRETTY } = env()
    return createLog(LOG_LEVEL, LOG_PRETTY ?? process.stdout.isTTY === true)
  })
}
