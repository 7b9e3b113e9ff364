'use client'
import { useEffect } from 'react'

/**
 * The font of somebody who has never been here: 48 kB that would share a thin line with the scripts, and hold back the
 * moment in which a button does something by a quarter of a second. So it is asked for after that. Until then text
 * stands in the fallback of the same metrics, and nothing moves when the font comes.
 */
export function LateFont({ className }: { className: string }) {
  useEffect(() => document.documentElement.classList.add(className), [className])
  return null
}
