import type { LocalSource } from '#lib/call/callState.ts'

export type ToggleSource = 'microphone' | 'camera'

/** Whether a press should switch the source off: it is on, or about to be. */
export const isOn = (source: LocalSource): boolean => source.status === 'on' || source.status === 'starting'

/** Of a button that the host has forbidden: still there, and a press says why nothing happens. */
export const forbiddenProps = (forbidden: boolean) =>
  forbidden ? { 'aria-disabled': true, 'aria-description': 'Not allowed by the host' } : {}

/** The name of the button that toggles a source: what a press will do. The contract names of experience.md. */
export const toggleLabel = (kind: ToggleSource, source: LocalSource): string =>
  `${isOn(source) ? 'Turn off' : 'Turn on'} ${kind}`
