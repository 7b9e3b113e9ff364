import { Store } from '#lib/store.ts'

export type ToastTone = 'neutral' | 'success' | 'danger'
/** What can be done about it, as long as the toast is there; nothing that cannot be done elsewhere, or let be. */
export type ToastAction = { readonly label: string; readonly run: () => void }
export type Toast = {
  readonly id: number
  readonly text: string
  readonly tone: ToastTone
  readonly durationMs: number
  readonly action: ToastAction | null
}

/** What is on screen now, oldest first. In the page only: the server renders none. */
export const toasts = new Store<readonly Toast[]>([])
let lastId = 0

/**
 * Tells the person something that needs no answer.
 * @param options.durationMs 2,500, 5,000 or 10,000 by weight; 5,000 unless said otherwise
 */
export function showToast(
  text: string,
  options: { tone?: ToastTone; durationMs?: 2500 | 5000 | 10_000; action?: ToastAction } = {},
): void {
  lastId += 1
  const { tone = 'neutral', durationMs = 5000, action = null } = options
  const toast = { id: lastId, text, tone, durationMs, action }
  toasts.update((shown) => [...shown.filter((other) => other.text !== text), toast].slice(-4))
}

export function dismissToast(id: number): void {
  toasts.update((shown) => shown.filter((toast) => toast.id !== id))
}
