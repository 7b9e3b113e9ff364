import { useEffect, useRef } from 'react'
import type { CallHandle } from '#lib/call/CallHandle.ts'
import { belongsToControl, matchShortcut, type ShortcutAction } from './shortcuts.ts'

export type ShortcutHandlers = Readonly<Record<Exclude<ShortcutAction, 'talk'>, () => void>> & {
  focusPerson(index: number): void
}

/** The keyboard of a call, while `enabled`. Handlers may be new with each render; the listeners stay. */
export function useShortcuts(
  call: CallHandle,
  handlers: ShortcutHandlers,
  options: { enabled: boolean; mac: boolean },
): void {
  const latest = useRef(handlers)
  useEffect(() => {
    latest.current = handlers
  })
  const { enabled, mac } = options

  useEffect(() => {
    if (!enabled) return
    // True only while Space holds the microphone open; a microphone that was on already is left alone.
    let talking = false
    const stopTalking = (): void => {
      if (!talking) return
      talking = false
      void call.setMicrophone(false)
    }
    const press = (event: KeyboardEvent): void => {
      if (event.defaultPrevented || belongsToControl(event.target)) return
      const match = matchShortcut(event, mac)
      if (!match) {
        // A held Space must not scroll the page either.
        if (talking && event.code === 'Space') event.preventDefault()
        return
      }
      event.preventDefault()
      if (match.type === 'focusPerson') latest.current.focusPerson(match.index)
      else if (match.action !== 'talk') latest.current[match.action]()
      else if (call.local.get().microphone.status !== 'on') {
        talking = true
        void call.setMicrophone(true)
      }
    }
    const release = (event: KeyboardEvent): void => {
      if (event.code === 'Space') stopTalking()
    }
    window.addEventListener('keydown', press)
    window.addEventListener('keyup', release)
    window.addEventListener('blur', stopTalking)
    return () => {
      window.removeEventListener('keydown', press)
      window.removeEventListener('keyup', release)
      window.removeEventListener('blur', stopTalking)
      stopTalking()
    }
  }, [call, enabled, mac])
}
