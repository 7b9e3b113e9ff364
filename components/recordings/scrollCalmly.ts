/** Smoothly, but for who wants no motion. */
export function scrollCalmly(box: Element, top: number): void {
  const calm = matchMedia('(prefers-reduced-motion: reduce)').matches
  box.scrollTo({ top, behavior: calm ? 'auto' : 'smooth' })
}
