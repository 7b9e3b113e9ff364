import { createContext, useContext } from 'react'
import { Store } from '#lib/store.ts'
import { DEFAULT_PREFERENCES, type Preferences } from './preferences.ts'
import { useStore } from './useStore.ts'

export const PreferencesContext = createContext<Store<Preferences>>(new Store(DEFAULT_PREFERENCES))

/** This person's preferences and the way to change them. */
export function usePreferences(): [Preferences, (change: Partial<Preferences>) => void] {
  const store = useContext(PreferencesContext)
  return [useStore(store), (change) => store.update((now) => ({ ...now, ...change }))]
}
