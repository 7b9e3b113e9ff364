import { useCallback, useRef, useSyncExternalStore } from 'react'
import type { ReadableStore } from '#lib/store.ts'

/** Renders with a store's state, and again after each change. */
export function useStore<State>(store: ReadableStore<State>): State {
  return useSyncExternalStore(store.subscribe, store.get, store.get)
}

/** Renders with a part of a store's state, and again only when that part is another. */
export function useSelected<State, Part>(
  store: ReadableStore<State>,
  select: (state: State) => Part,
  isSame: (a: Part, b: Part) => boolean = Object.is,
): Part {
  const last = useRef<{ part: Part } | null>(null)
  const get = useCallback(() => {
    const part = select(store.get())
    if (last.current && isSame(last.current.part, part)) return last.current.part
    last.current = { part }
    return part
  }, [store, select, isSame])
  return useSyncExternalStore(store.subscribe, get, get)
}
