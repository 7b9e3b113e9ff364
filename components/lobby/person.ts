/** Who opens the link: somebody signed in, or a guest who says a name. */
export type Person =
  | { readonly kind: 'user'; readonly id: string; readonly name: string }
  | { readonly kind: 'guest'; readonly name: string }

const KEY = 'parley.name'

/** The name this guest gave last time on this device, or ''. */
export function rememberedName(storage: Pick<Storage, 'getItem'> | null): string {
  try {
    return storage?.getItem(KEY)?.slice(0, 80) ?? ''
  } catch {
    return ''
  }
}

export function rememberName(storage: Pick<Storage, 'setItem'> | null, name: string): void {
  try {
    storage?.setItem(KEY, name)
  } catch {
    // Private windows may refuse: the name is then asked for again next time.
  }
}
