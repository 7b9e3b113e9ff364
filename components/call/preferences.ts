import { Store } from '#lib/store.ts'

/** Choices of this person on this device. */
export type Preferences = {
  readonly shortcuts: boolean
  readonly sounds: boolean
  readonly mirror: boolean
}

export const DEFAULT_PREFERENCES: Preferences = { shortcuts: true, sounds: true, mirror: true }
const KEY = 'parley.preferences'

/** Reads what was kept; anything unreadable is the default, since a lost preference must not cost a call. */
export function readPreferences(storage: Pick<Storage, 'getItem'> | null): Preferences {
  try {
    const kept: unknown = JSON.parse(storage?.getItem(KEY) ?? '{}')
    if (typeof kept !== 'object' || kept === null) return DEFAULT_PREFERENCES
    const flag = (name: keyof Preferences): boolean => {
      const value: unknown = Reflect.get(kept, name)
      return typeof value === 'boolean' ? value : DEFAULT_PREFERENCES[name]
    }
    return { shortcuts: flag('shortcuts'), sounds: flag('sounds'), mirror: flag('mirror') }
  } catch {
    return DEFAULT_PREFERENCES
  }
}

/** A store of the preferences that writes each change back. */
export function createPreferences(storage: Pick<Storage, 'getItem' | 'setItem'> | null): Store<Preferences> {
  const store = new Store(readPreferences(storage))
  store.subscribe(() => {
    try {
      storage?.setItem(KEY, JSON.stringify(store.get()))
    } catch {
      // Private windows may refuse to store; the choice then lasts as long as the page.
    }
  })
  return store
}

/** The browser's storage, or null where it is refused. */
export function localStorageOrNull(): Storage | null {
  try {
    return window.localStorage
  } catch {
    return null
  }
}
