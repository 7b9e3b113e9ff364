import type { ServerCheck } from '#lib/domain/serverCheck.ts'
import type { NodeReport, SfuReport } from '#server/sfu/createSfu.ts'
import type { LocalNode } from '#server/sfu/provideNodes.ts'

const NAME = 'Media server'
const NO_MEDIA =
  'It answers, but people in a meeting got neither picture nor sound from it within the last two minutes.'
const WITHOUT = 'Calls go directly from person to person, which is comfortable for a handful of people.'

export function checkMediaServer(report: SfuReport | null): ServerCheck {
  if (report === null) return { name: NAME, state: 'off', summary: WITHOUT, facts: [], advice: [] }
  const { status, nodes, local } = report
  const facts = [...(local ? [describeLocal(local)] : []), ...nodes.map(describeNode)]
  switch (status.state) {
    case 'available': {
      const silent = nodes.some((node) => node.silent)
      return {
        name: NAME,
        state: silent ? 'failed' : 'ok',
        summary: silent ? NO_MEDIA : 'Larger meetings go over it.',
        facts,
        advice: [...(silent && local ? [firewallAdvice(local)] : []), ...adviceFor(nodes)],
      }
    }
    case 'preparing':
      return {
        name: NAME,
        state: 'working',
        summary: `${sentence(status.step)} Meanwhile: ${WITHOUT}`,
        facts,
        advice: [],
      }
    case 'busy':
    case 'unavailable':
      return {
        name: NAME,
        state: 'failed',
        summary: `${sentence(status.reason)} ${WITHOUT}`,
        facts,
        advice: [],
      }
    case 'absent':
      return {
        name: NAME,
        state: 'off',
        summary: `${WITHOUT} No media server: ${status.reason}.`,
        facts,
        advice: status.advice,
      }
  }
}

const sentence = (text: string): string => `${text.charAt(0).toUpperCase()}${text.slice(1)}.`

function describeLocal({ version, media, ports }: LocalNode): string {
  const where = media.kind === 'loopback' ? 'this machine' : media.ip
  return `LiveKit ${version}; media at ${where}, UDP ${ports.udp}, TCP ${ports.tcp}`
}

const STATES = {
  unknown: 'not asked yet',
  ready: 'ready',
  busy: 'takes no rooms',
  down: 'does not answer',
} as const

const firewallAdvice = ({ ports }: LocalNode): string =>
  `ufw allow ${ports.udp}/udp && ufw allow ${ports.tcp}/tcp   # media must get through this machine's firewall`

function describeNode({ name, state, silent, load }: NodeReport): string {
  const { rooms, participants, cores } = load
  const doing =
    state === 'ready'
      ? `: ${count(rooms, 'room')}, ${count(participants, 'person', 'people')}, ${cores.toFixed(1)} cores`
      : ''
  return `${name} ${STATES[state]}${silent ? ', no media gets through' : ''}${doing}`
}

const count = (number: number, one: string, many = `${one}s`): string =>
  `${number} ${number === 1 ? one : many}`

/** Several nodes are told apart by their metrics. */
function adviceFor(nodes: readonly NodeReport[]): readonly string[] {
  const nameless = nodes.filter(({ state, instance }) => state === 'ready' && instance === null)
  if (nodes.length < 2) return []
  return nameless.map(
    ({ name }) =>
      `LIVEKIT_URL=http://${name}#6789   # ${name} tells no metrics there: name their port behind #`,
  )
}
