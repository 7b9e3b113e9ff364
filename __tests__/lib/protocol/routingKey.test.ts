import { readRoutingKey, routingKeyOf } from '#lib/protocol/routingKey.ts'
import { newCode } from '../../support/realtimeServer.ts'

test('[CL-2] the same code has the same short name, and codes that differ in one digit have others', () => {
  const code = newCode()
  expect(routingKeyOf(code)).toBe(routingKeyOf(code))
  expect(routingKeyOf(code)).toMatch(/^[0-9a-f]{12}$/)
  const last = code.at(-1) === '0' ? '1' : '0'
  expect(routingKeyOf(`${code.slice(0, -1)}${last}`)).not.toBe(routingKeyOf(code))
})

test('[CL-2] of fifty thousand meetings no two share a name', () => {
  const keys = new Set(Array.from({ length: 50_000 }, () => routingKeyOf(newCode())))
  expect(keys.size).toBe(50_000)
})

test.each([
  ['/socket.io/?EIO=4&transport=websocket&m=0123456789ab', '0123456789ab'],
  ['/socket.io/?EIO=4', null],
  ['/socket.io/', null],
  ['/socket.io/?m=0123456789AB', null],
  ["/socket.io/?m=0123456789ab'--", null],
  [undefined, null],
])('[CL-2] of %s the name is %s', (url, key) => {
  expect(readRoutingKey(url)).toBe(key)
})
