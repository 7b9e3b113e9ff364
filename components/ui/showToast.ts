import { Store } from '#lib/store.ts'

export type ToastTone = 'neutral' | 'success' | 'danger'
export type Toast = {
  readonly id: number
  readonly text: string
  readonly tone: ToastTone
  readonly durationMs: number
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
  options: { tone?: ToastTone; durationMs?: 2500 | 5000 | 10_000 } = {},
): void {
  lastId += 1
  const toast = { id: lastId, text, tone: options.tone ?? 'neutral', durationMs: options.durationMs ?? 5000 }
  toasts.update((shown) => [...shown.filter((other) => other.text !== text), toast].slice(-4))
}

export function dismissToast(id: number): void {
  toasts.update((shown) => shown.filter((toast) => toast.id !== id))
}
