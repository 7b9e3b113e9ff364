import { PASSPORT_HEADER, Passports } from '#server/cluster/passport.ts'

const SECRET = 'a root secret of the tests, long enough'
const OTHER = 'another root secret of the tests, long enough'
const handshake = { url: '/socket.io/?EIO=4&m=0123456789ab', headers: { 'sec-websocket-key': 'abc' } }
const passports = new Passports({ secret: SECRET })
const RECEIVER = 7

const withPassport = (value: string, request = handshake) => ({
  ...request,
  headers: { ...request.headers, [PASSPORT_HEADER]: value },
})

test.each(['203.0.113.5', '2001:db8::5'])('[CL-3] %s is believed when one of ours says so', (address) => {
  const written = passports.write(handshake, address, RECEIVER)
  expect(passports.read(withPassport(written), RECEIVER)).toEqual({ address })
  expect(passports.read(handshake, RECEIVER)).toBe('absent')
})

describe('[CL-3] a passport is for one handshake and one receiver', () => {
  const written = passports.write(handshake, '203.0.113.5', RECEIVER)
  test.each([
    ['another process', withPassport(written), 8],
    ['a process that does not know its id yet', withPassport(written), null],
    ['another address', withPassport(written.replace('203.0.113.5', '203.0.113.6')), RECEIVER],
    ['another target', withPassport(written, { ...handshake, url: '/sfu/rtc' }), RECEIVER],
    [
      'another connection',
      withPassport(written, { ...handshake, headers: { 'sec-websocket-key': 'abd' } }),
      RECEIVER,
    ],
    ['two of them', withPassport(`${written}, ${written}`), RECEIVER],
    ['a part of it', withPassport(written.slice(0, -4)), RECEIVER],
  ])('%s: forged', (_, request, receiver) => {
    expect(passports.read(request, receiver)).toBe('forged')
  })
})

test('[CL-3][JW-3] a former secret still counts while it is named, another one never', () => {
  const written = passports.write(handshake, '203.0.113.5', RECEIVER)
  const next = new Passports({ secret: OTHER, previousSecret: SECRET })
  expect(next.read(withPassport(written), RECEIVER)).toEqual({ address: '203.0.113.5' })
  expect(new Passports({ secret: OTHER }).read(withPassport(written), RECEIVER)).toBe('forged')
})
