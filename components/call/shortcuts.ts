/** The keyboard of a call: one table, matched purely, listed by the help dialog and by the tooltips. */

export type ShortcutAction =
  | 'microphone'
  | 'camera'
  | 'talk'
  | 'hand'
  | 'chat'
  | 'people'
  | 'share'
  | 'layout'
  | 'fullScreen'
  | 'pictureInPicture'
  | 'announceSpeaker'
  | 'announceRoom'
  | 'help'

type Combination = 'plain' | 'shift' | 'primary' | 'ctrlAlt'
type Key = { readonly code?: string; readonly key?: string; readonly with: Combination }
export type Shortcut = {
  readonly action: ShortcutAction
  readonly label: string
  /** The first is the one that tooltips name. */
  readonly keys: readonly Key[]
}

export const SHORTCUTS: readonly Shortcut[] = [
  {
    action: 'microphone',
    label: 'Microphone on or off',
    keys: [
      { code: 'KeyD', with: 'primary' },
      { code: 'KeyM', with: 'plain' },
    ],
  },
  {
    action: 'camera',
    label: 'Camera on or off',
    keys: [
      { code: 'KeyE', with: 'primary' },
      { code: 'KeyV', with: 'plain' },
    ],
  },
  { action: 'talk', label: 'Talk while held', keys: [{ code: 'Space', with: 'plain' }] },
  {
    action: 'hand',
    label: 'Raise or lower hand',
    keys: [
      { code: 'KeyH', with: 'ctrlAlt' },
      { code: 'KeyR', with: 'plain' },
    ],
  },
  {
    action: 'chat',
    label: 'Chat',
    keys: [
      { code: 'KeyC', with: 'ctrlAlt' },
      { code: 'KeyC', with: 'plain' },
    ],
  },
  {
    action: 'people',
    label: 'People',
    keys: [
      { code: 'KeyP', with: 'ctrlAlt' },
      { code: 'KeyP', with: 'plain' },
    ],
  },
  { action: 'share', label: 'Share screen', keys: [{ code: 'KeyD', with: 'plain' }] },
  { action: 'layout', label: 'Change layout', keys: [{ code: 'KeyW', with: 'plain' }] },
  { action: 'fullScreen', label: 'Full screen', keys: [{ code: 'KeyS', with: 'plain' }] },
  { action: 'pictureInPicture', label: 'Picture in picture', keys: [{ code: 'KeyM', with: 'shift' }] },
  { action: 'announceSpeaker', label: 'Say who is speaking', keys: [{ code: 'KeyS', with: 'ctrlAlt' }] },
  { action: 'announceRoom', label: 'Say who is in the call', keys: [{ code: 'KeyI', with: 'ctrlAlt' }] },
  { action: 'help', label: 'This help', keys: [{ key: '?', with: 'plain' }] },
]

/** What is looked at of a KeyboardEvent. */
export type KeyPress = Pick<
  KeyboardEvent,
  'key' | 'code' | 'ctrlKey' | 'metaKey' | 'altKey' | 'shiftKey' | 'repeat'
>

export type ShortcutMatch =
  | { readonly type: 'action'; readonly action: ShortcutAction }
  /** 0 is our own tile, 1…9 the others in their order. */
  | { readonly type: 'focusPerson'; readonly index: number }

function fits(press: KeyPress, key: Key, mac: boolean): boolean {
  const { ctrlKey, metaKey, altKey, shiftKey } = press
  // "?" needs Shift on most keyboards and other keys on some: the character decides, not the key.
  if (key.key) return press.key === key.key && !ctrlKey && !metaKey && !altKey
  if (press.code !== key.code) return false
  switch (key.with) {
    case 'plain':
      return !ctrlKey && !metaKey && !altKey && !shiftKey
    case 'shift':
      return shiftKey && !ctrlKey && !metaKey && !altKey
    case 'primary':
      return !altKey && !shiftKey && (mac ? metaKey && !ctrlKey : ctrlKey && !metaKey)
    case 'ctrlAlt':
      return ctrlKey && altKey && !metaKey && !shiftKey
  }
}

/** The action a key press means, or null. A key held down repeats nothing. */
export function matchShortcut(press: KeyPress, mac: boolean): ShortcutMatch | null {
  if (press.repeat) return null
  for (const { action, keys } of SHORTCUTS) {
    if (keys.some((key) => fits(press, key, mac))) return { type: 'action', action }
  }
  const { ctrlKey, metaKey, altKey, shiftKey } = press
  const digit = /^Digit([0-9])$/.exec(press.code)?.[1]
  if (digit && !ctrlKey && !metaKey && !altKey && !shiftKey) {
    return { type: 'focusPerson', index: Number(digit) }
  }
  return null
}

/**
 * Whether a press belongs to the control it was made in: text being written, a dialog or menu, or a button or
 * other control that acts on the key itself.
 */
export function belongsToControl(target: EventTarget | null): boolean {
  if (!(target instanceof Element)) return false
  const own =
    'input, textarea, select, button, a[href], summary, [contenteditable=""], [contenteditable="true"], [role="dialog"], [role="alertdialog"], [role="menu"], [role="listbox"], [role="switch"]'
  return target.closest(own) !== null
}

/** "Ctrl+D", "⌘D": how a person of this platform writes it. */
function describeKey(key: Key, mac: boolean): string {
  const name = key.key ?? (key.code === 'Space' ? 'Space' : (key.code ?? '').replace(/^Key/, ''))
  switch (key.with) {
    case 'plain':
      return name
    case 'shift':
      return mac ? `⇧${name}` : `Shift+${name}`
    case 'primary':
      return mac ? `⌘${name}` : `Ctrl+${name}`
    case 'ctrlAlt':
      return mac ? `⌃⌥${name}` : `Ctrl+Alt+${name}`
  }
}

/** The keys of an action, the main one first. */
export function keysOf(action: ShortcutAction, mac: boolean): string[] {
  const shortcut = SHORTCUTS.find((one) => one.action === action)
  return shortcut ? shortcut.keys.map((key) => describeKey(key, mac)) : []
}
