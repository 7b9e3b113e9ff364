import type { CaptionTrack } from '../transcript/CaptionTrack.ts'
import type { PlayerControl } from './PlayerControl.ts'

type Commands = {
  readonly control: PlayerControl
  readonly captions: CaptionTrack
  readonly toggleFullScreen: () => void
}

const ACTIONS: Readonly<Record<string, (commands: Commands) => void>> = {
  ' ': ({ control }) => control.toggle(),
  k: ({ control }) => control.toggle(),
  j: ({ control }) => control.skip(-10_000),
  l: ({ control }) => control.skip(10_000),
  ArrowLeft: ({ control }) => control.skip(-5_000),
  ArrowRight: ({ control }) => control.skip(5_000),
  ArrowUp: ({ control }) => control.setVolume(control.state.get().volume + 0.1),
  ArrowDown: ({ control }) => control.setVolume(control.state.get().volume - 0.1),
  m: ({ control }) => control.toggleMuted(),
  c: ({ captions }) => captions.toggle(),
  f: ({ toggleFullScreen }) => toggleFullScreen(),
  p: ({ control }) => control.togglePictureInPicture(),
  '<': ({ control }) => control.stepRate(-1),
  '>': ({ control }) => control.stepRate(1),
}

/** Does what a key means. @returns whether it means anything */
export function pressPlayerKey(key: string, commands: Commands): boolean {
  const { control } = commands
  if (/^\d$/.test(key)) {
    control.seek((control.state.get().lengthMs * Number(key)) / 10)
    return true
  }
  const action = ACTIONS[key.length === 1 ? key.toLowerCase() : key]
  action?.(commands)
  return action !== undefined
}

const ARROWS = /^Arrow/

/** Whether a key belongs to what has the focus: text is typed, a slider moves, a button is pressed, a dialog is open. */
export function keyIsTaken(event: KeyboardEvent): boolean {
  if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return true
  if (document.querySelector('[role=dialog], [role=menu]')) return true
  const { target } = event
  if (!(target instanceof Element)) return false
  if (target.closest('input[type=range]')) return ARROWS.test(event.key)
  if (target.closest('input, textarea, select, [contenteditable]')) return true
  if (target.closest('button, a, summary')) return event.key === ' ' || event.key === 'Enter'
  // A list that scrolls takes up and down.
  return target.closest('[data-scrolls]') !== null && ARROWS.test(event.key)
}
