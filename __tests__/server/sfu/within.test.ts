import { within } from '#server/sfu/within.ts'

test('what comes in time comes as it is', async () => {
  await expect(within(60_000, Promise.resolve(7))).resolves.toBe(7)
  await expect(within(60_000, Promise.reject(new Error('no')))).rejects.toThrow('no')
})

test('what never comes is a TimeoutError', async () => {
  // Holds the process: the time limit itself does not.
  const awake = setInterval(() => undefined, 1000)
  await expect(within(10, new Promise(() => undefined))).rejects.toMatchObject({ name: 'TimeoutError' })
  clearInterval(awake)
})
