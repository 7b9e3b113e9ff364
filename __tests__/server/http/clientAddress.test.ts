import { addressBlock, cameFromHere, clientAddress } from '#server/http/clientAddress.ts'

const SPOOFED = {
  'x-forwarded-for': '1.2.3.4, 5.6.7.8',
  'x-real-ip': '1.2.3.4',
  forwarded: 'for=1.2.3.4',
  'cf-connecting-ip': '1.2.3.4',
  'true-client-ip': '1.2.3.4',
}

it('[NX-8] [K20] without a trusted proxy no header says where somebody is', () => {
  expect(clientAddress('203.0.113.9', SPOOFED, 0)).toBe('203.0.113.9')
})

it('[NX-8] with one trusted proxy the entry that it appended counts, not those that were sent to it', () => {
  expect(clientAddress('10.0.0.1', SPOOFED, 1)).toBe('5.6.7.8')
  expect(clientAddress('10.0.0.1', { 'x-forwarded-for': '9.9.9.9, 1.1.1.1, 198.51.100.7' }, 1)).toBe(
    '198.51.100.7',
  )
})

it('[NX-8] with two, the second from the right', () => {
  expect(clientAddress('10.0.0.1', { 'x-forwarded-for': '9.9.9.9, 198.51.100.7, 10.0.0.2' }, 2)).toBe(
    '198.51.100.7',
  )
})

it.each([undefined, '', 'nonsense', '1.2.3.4', '<script>, x'])(
  '[NX-8] a list too short or of no addresses (%j) falls back to the connection itself',
  (list) => {
    const headers = list === undefined ? {} : { 'x-forwarded-for': list }
    expect(clientAddress('10.0.0.1', headers, 2)).toBe('10.0.0.1')
  },
)

it('an IPv4 address in IPv6 form is that IPv4 address', () => {
  expect(clientAddress('::ffff:203.0.113.9', {}, 0)).toBe('203.0.113.9')
})

it.each([
  ['203.0.113.9', '203.0.113.9'],
  ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
  ['2001:db8:1:2::9', '2001:db8:1:2::/64'],
  ['::1', '0:0:0:0::/64'],
])('limits count %s as %s', (address, block) => {
  expect(addressBlock(address)).toBe(block)
})

describe('coming from this machine', () => {
  const here = { remoteAddress: '127.0.0.1', localAddress: '127.0.0.1' }

  it('both ends have one address', () => {
    expect(cameFromHere(here, {})).toBe(true)
    expect(cameFromHere({ remoteAddress: '192.168.1.9', localAddress: '192.168.1.2' }, {})).toBe(false)
    expect(cameFromHere({}, {})).toBe(false)
  })

  it.each(['x-forwarded-for', 'x-forwarded-proto', 'x-real-ip', 'forwarded', 'via', 'cf-connecting-ip'])(
    'a proxy that says %s passed it on: not from here',
    (name) => {
      expect(cameFromHere(here, { [name]: '127.0.0.1' })).toBe(false)
    },
  )
})
