import { readFileSync } from 'node:fs'
import path from 'node:path'
import { clientEvents, serverEvents } from '#lib/protocol/events.ts'
import { PROTOCOL_VERSION } from '#lib/protocol/version.ts'

const DOCUMENT = readFileSync(path.join(process.cwd(), 'docs/PROTOCOL.md'), 'utf8')
const BEFORE_HTTP = DOCUMENT.split('## What is recorded, over HTTP')[0] ?? ''

describe('docs/PROTOCOL.md', () => {
  test('[RT-2] is of the present version wherever it names one, its example too', () => {
    const title = /^# .*, version (\d+)$/m.exec(DOCUMENT)?.[1]
    const said = [...DOCUMENT.matchAll(/protocol: (\d+)/g)].map(([, version]) => version)
    const present = String(PROTOCOL_VERSION)
    expect({ title, said }).toEqual({ title: present, said: [present, present] })
  })

  test('[RT-2] tells of every message and of no other', () => {
    const cells = [...BEFORE_HTTP.matchAll(/^\| (`[a-z][^|]*`) +\|/gm)].map(([, first = '']) => first)
    const named = cells.flatMap((cell) => [...cell.matchAll(/`(\w+:\w+)`/g)].map(([, name]) => name))
    expect(named.sort()).toEqual([...Object.keys(clientEvents), ...Object.keys(serverEvents)].sort())
  })
})
