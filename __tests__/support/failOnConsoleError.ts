/** A warning nobody reads is a defect nobody finds: console.error and unhandled rejections fail the test they occur in. */
const seen: unknown[][] = []
const rejections: unknown[] = []

const original = console.error
console.error = (...args: unknown[]) => {
  seen.push(args)
  original(...args)
}
process.on('unhandledRejection', (reason) => rejections.push(reason))

afterEach(() => {
  const errors = seen.splice(0)
  const unhandled = rejections.splice(0)
  if (unhandled.length > 0) throw new Error(`unhandled rejection in this test: ${String(unhandled[0])}`)
  if (errors.length > 0) throw new Error(`console.error in this test: ${errors[0]?.map(String).join(' ')}`)
})

// No timing is asserted: only a test that hangs may fail by the clock, also on a machine that does much else.
jest.setTimeout(30_000)
