'use client'
import { useCallback, useEffect, useState } from 'react'
import { type RequestFailure, requestJson } from './requestJson.ts'

type Loaded<Value> = {
  /** Null until the first answer of this path. A later failure keeps what was there; another path never does. */
  readonly value: Value | null
  readonly failure: RequestFailure | null
  readonly reload: () => void
  /** Changes what is shown, for instance after the person changed it on the server. */
  readonly setValue: (change: (value: Value) => Value) => void
}

type Answered<Value> = {
  readonly path: string
  readonly value: Value | null
  readonly failure: RequestFailure | null
}

/** Loads from our API as soon as the component is there, and again when `path` changes; late answers are dropped. */
export function useRequest<Value>(path: string): Loaded<Value> {
  const [loaded, setLoaded] = useState<Answered<Value>>({ path, value: null, failure: null })
  const [round, setRound] = useState(0)
  // biome-ignore lint/correctness/useExhaustiveDependencies: `round` is what asks for the same path again
  useEffect(() => {
    let current = true
    void requestJson<Value>(path).then((answer) => {
      if (!current) return
      setLoaded((before) => {
        if (answer.ok) return { path, value: answer.value, failure: null }
        return { path, value: before.path === path ? before.value : null, failure: answer.error }
      })
    })
    return () => {
      current = false
    }
  }, [path, round])
  const setValue = useCallback(
    (change: (value: Value) => Value) =>
      setLoaded((before) => (before.value === null ? before : { ...before, value: change(before.value) })),
    [],
  )
  // What another path answered is nothing of this one.
  const { value, failure } = loaded.path === path ? loaded : { value: null, failure: null }
  return { value, failure, reload: useCallback(() => setRound((before) => before + 1), []), setValue }
}
