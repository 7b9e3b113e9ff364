/**
 * `ok`: as it should be. `working`: will be, by itself. `warning`: works, with a limit. `failed`: does not work.
 * `off`: is not there, and need not be.
 */
export type CheckState = 'ok' | 'working' | 'warning' | 'failed' | 'off'

/** One part of the server, as the admin's self-check shows it. */
export type ServerCheck = {
  readonly name: string
  readonly state: CheckState
  /** In a sentence: how it is, and what that means. */
  readonly summary: string
  readonly facts: readonly string[]
  /** Lines to copy, for who wants it otherwise. */
  readonly advice: readonly string[]
}
