import { type RefObject, useEffect } from 'react'

const HIDE_AFTER_MS = 4_000
const HIDDEN = 'data-controls-hidden'

/** Focus by keyboard: a button that was clicked keeps the focus, and must not keep the bar. */
function hasKeyboardFocus(root: Element): boolean {
  return root.querySelector('[data-controls] :focus-visible') !== null
}

/**
 * Marks `root` with `data-controls-hidden` after four seconds without movement, for a screen full of faces. Never
 * while a control has the keyboard's focus, a menu or panel is open, or `keep` says so.
 */
export function useAutoHide(root: RefObject<HTMLElement | null>, keep: boolean): void {
  useEffect(() => {
    const element = root.current
    if (!element) return
    let timer: ReturnType<typeof setTimeout> | undefined
    const hide = (): void => {
      const menuOpen = document.querySelector('[role="menu"], [role="dialog"]') !== null
      const hovered = element.querySelector('[data-controls]:hover') !== null
      if (keep || menuOpen || hovered || hasKeyboardFocus(element)) show()
      else element.setAttribute(HIDDEN, '')
    }
    const show = (): void => {
      element.removeAttribute(HIDDEN)
      clearTimeout(timer)
      timer = setTimeout(hide, HIDE_AFTER_MS)
    }
    const events = ['pointermove', 'pointerdown', 'keydown', 'focusin'] as const
    for (const name of events) element.addEventListener(name, show, { passive: true })
    show()
    return () => {
      clearTimeout(timer)
      element.removeAttribute(HIDDEN)
      for (const name of events) element.removeEventListener(name, show)
    }
  }, [root, keep])
}
