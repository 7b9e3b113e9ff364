'use client'
import { useCallback, useEffect, useState } from 'react'
import { type RequestFailure, requestJson } from './requestJson.ts'

type Loaded<Value> = {
  /** Null until the first answer. A later failure keeps what was there. */
  readonly value: Value | null
  readonly failure: RequestFailure | null
  readonly reload: () => void
  /** Changes what is shown, for instance after the person changed it on the server. */
  readonly setValue: (change: (value: Value) => Value) => void
}

/** Loads from our API as soon as the component is there, and again when `path` changes; late answers are dropped. */
export function useRequest<Value>(path: string): Loaded<Value> {
  const [value, setState] = useState<Value | null>(null)
  const [failure, setFailure] = useState<RequestFailure | null>(null)
  const [round, setRound] = useState(0)
  // biome-ignore lint/correctness/useExhaustiveDependencies: `round` is what asks for the same path again
  useEffect(() => {
    let current = true
    void requestJson<Value>(path).then((answer) => {
      if (!current) return
      setFailure(answer.ok ? null : answer.error)
      if (answer.ok) setState(answer.value)
    })
    return () => {
      current = false
    }
  }, [path, round])
  const setValue = useCallback(
    (change: (value: Value) => Value) => setState((before) => (before === null ? null : change(before))),
    [],
  )
  return { value, failure, reload: useCallback(() => setRound((before) => before + 1), []), setValue }
}
