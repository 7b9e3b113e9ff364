/** Why Parley cannot start, in words for the person at the terminal. Shown without a stack trace. */
export class BootError extends Error {
  override readonly name = 'BootError'
}
