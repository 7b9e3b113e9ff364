// `npm run recorder`: a recorder alone, for a machine that only records (docs/RECORDING.md). Plain Node only.
import path from 'node:path'
import process from 'node:process'
import { pathToFileURL } from 'node:url'
import { loadDotEnv } from './dotEnv.mjs'
import { prepare } from './prepare.mjs'
import { checkNode, root, stop } from './steps.mjs'

if (process.argv.length > 2) stop('npm run recorder takes no arguments. What can be set is in .env.example.')
checkNode()
loadDotEnv()
await prepare()
process.env.NODE_ENV = 'production'
const { register } = await import('tsx/esm/api')
register()
await import(pathToFileURL(path.join(root, 'server', 'recorder', 'main.ts')).href)
