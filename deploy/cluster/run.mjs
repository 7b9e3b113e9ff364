// `node deploy/cluster/run.mjs`: two Parley processes and two media nodes on this machine, over a PostgreSQL and a Redis
// that are given, behind one address. It is the shortest complete description of a cluster: read `cluster.ts` from
// top to bottom, and README.md for what changes with several machines. Ctrl-C ends all of it.
import process from 'node:process'
import { loadDotEnv } from '../../scripts/dotEnv.mjs'
import { build, prepare } from '../../scripts/prepare.mjs'
import { checkNode, stop } from '../../scripts/steps.mjs'

checkNode()
loadDotEnv()
for (const name of ['DATABASE_URL', 'REDIS_URL']) {
  if (!process.env[name]) {
    stop(
      `${name} is not set. A cluster needs a PostgreSQL and a Redis that all of it reaches, for example\n` +
        'DATABASE_URL=postgresql://parley:password@127.0.0.1/parley REDIS_URL=redis://127.0.0.1:6379 node deploy/cluster/run.mjs',
    )
  }
}
await prepare()
await build()
process.env.NODE_ENV = 'production'
const { register } = await import('tsx/esm/api')
register()
const { runCluster } = await import('./cluster.ts')
await runCluster()
