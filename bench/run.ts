/** `npm run bench [-- id …] [--rounds n] [--minutes m] [--list]`: every figure beside its floor; JSON in bench/results/. */
import { mkdir, writeFile } from 'node:fs/promises'
import { cpus, loadavg, release, totalmem } from 'node:os'
import { parseArgs } from 'node:util'
import type { Benchmark } from './Benchmark.ts'
import { finishing } from './benches/finishing.ts'
import { forwarding } from './benches/forwarding.ts'
import { greenRoom } from './benches/greenRoom.ts'
import { idleCall } from './benches/idleCall.ts'
import { intake } from './benches/intake.ts'
import { joinStorm } from './benches/joinStorm.ts'
import { joinTime, joinTimeFar } from './benches/joinTime.ts'
import { nodeKill, nodeKillCold } from './benches/nodeKill.ts'
import { passingOn } from './benches/passingOn.ts'
import { pictureAge } from './benches/pictureAge.ts'
import { processKill } from './benches/processKill.ts'
import { recordedSwitch } from './benches/recordedSwitch.ts'
import { recording } from './benches/recording.ts'
import { relay } from './benches/relay.ts'
import { revocation } from './benches/revocation.ts'
import { serverKill } from './benches/serverKill.ts'
import { sessionCheck } from './benches/sessionCheck.ts'
import { sfuKill, sfuSilence } from './benches/sfuLost.ts'
import { lossySwitch, transportSwitch } from './benches/transportSwitch.ts'
import { transports } from './benches/transports.ts'
import { twelve } from './benches/twelve.ts'
import { type Figure, format } from './figure.ts'

const ALL: readonly Benchmark[] = [
  sessionCheck,
  joinTime,
  joinTimeFar,
  joinStorm,
  relay,
  passingOn,
  revocation,
  greenRoom,
  idleCall,
  serverKill,
  processKill,
  nodeKill,
  nodeKillCold,
  transportSwitch,
  pictureAge,
  lossySwitch,
  forwarding,
  transports,
  twelve,
  sfuKill,
  sfuSilence,
  intake,
  finishing,
  recording,
  recordedSwitch,
]

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    rounds: { type: 'string', default: '7' },
    minutes: { type: 'string', default: '10' },
    list: { type: 'boolean', default: false },
  },
})

const chosen = positionals.length > 0 ? ALL.filter((one) => positionals.includes(one.id)) : ALL
const unknown = positionals.filter((id) => !ALL.some((one) => one.id === id))
if (values.list || unknown.length > 0) {
  if (unknown.length > 0) console.error(`No such benchmark: ${unknown.join(', ')}`)
  for (const one of ALL) console.log(one.id.padEnd(16), one.title)
  process.exit(unknown.length > 0 ? 1 : 0)
}

const machine = {
  cpu: `${cpus().length} × ${cpus()[0]?.model ?? 'unknown'}`,
  memoryGb: Math.round(totalmem() / 2 ** 30),
  system: `${process.platform} ${release()}`,
  node: process.version,
  loadBefore: loadavg().map((one) => Number(one.toFixed(2))),
}
console.log(`${machine.cpu}, ${machine.memoryGb} GB, ${machine.system}, Node ${machine.node}`)
console.log(`load ${machine.loadBefore.join(' ')}; absolute times wander with it, ratios less`)

const results: { id: string; title: string; figures?: readonly Figure[]; error?: string; notes: string[] }[] =
  []
const deadline = Date.now() + Number(values.minutes) * 60_000
for (const [at, benchmark] of chosen.entries()) {
  console.log(`\n${benchmark.title}   [load ${loadavg()[0]?.toFixed(2)}]`)
  const notes: string[] = []
  const budgetMs = Math.max(10_000, (deadline - Date.now()) / (chosen.length - at) - 10_000)
  const log = (line: string) => {
    notes.push(line)
    console.log(`  note: ${line}`)
  }
  try {
    const figures = await benchmark.run({ rounds: Number(values.rounds), budgetMs, log })
    for (const one of figures) console.log(`  ${format(one)}`)
    const discarded = Math.max(0, ...figures.map((one) => one.discarded))
    if (discarded > 0)
      console.log(`  ${discarded} round(s) discarded: the floor was over 1.5× its own median`)
    results.push({ id: benchmark.id, title: benchmark.title, figures, notes })
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error)
    console.log(`  could not be measured: ${message}`)
    results.push({ id: benchmark.id, title: benchmark.title, error: message, notes })
  }
}

await mkdir('bench/results', { recursive: true })
const file = `bench/results/${new Date().toISOString().replaceAll(':', '-')}.json`
await writeFile(
  file,
  `${JSON.stringify({ machine: { ...machine, loadAfter: loadavg() }, results }, null, 2)}\n`,
)
console.log(`\n${file}`)
