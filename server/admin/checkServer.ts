import type { ServerCheck } from '#lib/domain/serverCheck.ts'
import type { RunningEnv } from '#server/env.ts'
import { hostPolicy } from '#server/http/hostPolicy.ts'
import type { SfuReport } from '#server/sfu/createSfu.ts'
import { checkMediaServer } from './checkMediaServer.ts'

export type ServerFacts = {
  readonly env: Pick<RunningEnv, 'PUBLIC_URL' | 'TURN_URLS' | 'TURN_SECRET' | 'ICE_SERVERS'>
  /** PostgreSQL's version, or null when it does not answer. */
  readonly database: string | null
  readonly sfu: SfuReport | null
}

/** The self-check: what a person needs to know before they invite others. Says no secret and no address of a guest. */
export function checkServer({ env, database, sfu }: ServerFacts): readonly ServerCheck[] {
  return [checkAddress(env.PUBLIC_URL), checkDatabase(database), checkMediaServer(sfu), checkRelay(env)]
}

function checkAddress(publicUrl: string): ServerCheck {
  const facts = [publicUrl]
  const secure = publicUrl.startsWith('https:')
  const { isLocal } = hostPolicy(publicUrl)
  if (secure && !isLocal) {
    return { name: 'Address', state: 'ok', summary: 'People reach Parley over HTTPS.', facts, advice: [] }
  }
  if (secure) {
    const summary = 'For this network only, with a certificate that browsers warn about once.'
    return { name: 'Address', state: 'ok', summary, facts, advice: [] }
  }
  const advice = [
    'npm start -- --lan   # for people on this network',
    'HOST=127.0.0.1 PUBLIC_URL=https://meet.example.org TRUSTED_PROXY_HOPS=1 npm start   # behind a reverse proxy',
  ]
  if (hostPolicy(publicUrl).isLoopbackHost(new URL(publicUrl).host)) {
    return {
      name: 'Address',
      state: 'warning',
      summary: 'Only browsers on this machine can join.',
      facts,
      advice,
    }
  }
  const summary = 'Without HTTPS browsers give no camera and no microphone.'
  return { name: 'Address', state: 'failed', summary, facts, advice }
}

function checkDatabase(version: string | null): ServerCheck {
  if (version === null) {
    const summary = 'It does not answer. Running calls go on; nobody can sign in or join.'
    return { name: 'Database', state: 'failed', summary, facts: [], advice: [] }
  }
  return {
    name: 'Database',
    state: 'ok',
    summary: 'It answers.',
    facts: [`PostgreSQL ${version}`],
    advice: [],
  }
}

function checkRelay({ TURN_URLS, TURN_SECRET, ICE_SERVERS }: ServerFacts['env']): ServerCheck {
  const fixed = ICE_SERVERS.flatMap(({ urls }) => [urls].flat()).filter((url) => /^turns?:/i.test(url))
  const urls = [...(TURN_SECRET === undefined ? [] : TURN_URLS), ...fixed]
  if (urls.length > 0) {
    const summary = 'Media that finds no direct way goes through a relay (TURN).'
    return { name: 'Relay', state: 'ok', summary, facts: urls, advice: [] }
  }
  const advice = ["TURN_URLS='turn:turn.example.org:3478' TURN_SECRET='…' npm start   # with coturn"]
  const summary = 'There is none: people behind strict networks will neither be seen nor heard.'
  return { name: 'Relay', state: 'warning', summary, facts: [], advice }
}
