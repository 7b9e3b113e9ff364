/**
 * Radix locks scrolling behind a dialog with a `<style>` element it makes itself. Our Content-Security-Policy
 * lets it in only with the page's nonce, which its style helper takes from this well-known global.
 * Browsers hide a nonce from selectors and attributes but give it to scripts, which is all that is used here.
 */
export function allowInjectedStyles(): void {
  if (typeof document === 'undefined') return
  const nonce = document.querySelector<HTMLScriptElement>('script[nonce]')?.nonce
  if (nonce) Object.assign(globalThis, { __webpack_nonce__: nonce })
}
