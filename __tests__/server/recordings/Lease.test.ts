import { LEASE_MS, Lease } from '#server/recordings/finishing/Lease.ts'

test('[REC-194] a lease is certain for less than it is, from when it was asked for, and not by hope', () => {
  let now = 1_000
  const lease = new Lease(now, () => now)
  expect(lease.certain).toBe(true)
  now += LEASE_MS - 1
  expect(lease.certain).toBe(false)
  // Asked for at 6,000; the answer took long.
  lease.renewed(6_000, true)
  now = 6_000 + LEASE_MS / 2
  expect(lease.certain).toBe(true)
  // An answer that was overtaken by a later one takes nothing back.
  lease.renewed(2_000, true)
  expect(lease.certain).toBe(true)
  lease.renewed(now, false)
  lease.renewed(now, true)
  expect(lease.certain).toBe(false)
})
