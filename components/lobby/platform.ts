type BrowserFamily = 'chromium' | 'edge' | 'firefox' | 'safari' | 'other'
type System = 'mac' | 'windows' | 'ios' | 'android' | 'linux'
export type Platform = { readonly browser: BrowserFamily; readonly system: System }

/**
 * The browser and system, for instructions only, never for features. Every browser on iOS is WebKit and keeps its
 * permissions where Safari does.
 */
export function platformOf(userAgent: string, touchPoints = 0): Platform {
  // iPadOS says it is a Mac; Macs have no touch screen.
  const ios = /iPhone|iPad|iPod/.test(userAgent) || (/Macintosh/.test(userAgent) && touchPoints > 1)
  const system: System = ios
    ? 'ios'
    : /Android/.test(userAgent)
      ? 'android'
      : /Macintosh/.test(userAgent)
        ? 'mac'
        : /Windows/.test(userAgent)
          ? 'windows'
          : 'linux'
  if (ios) return { browser: 'safari', system }
  if (/Firefox\//.test(userAgent)) return { browser: 'firefox', system }
  if (/Edg\//.test(userAgent)) return { browser: 'edge', system }
  if (/Chrome\/|Chromium\//.test(userAgent)) return { browser: 'chromium', system }
  if (/Safari\//.test(userAgent)) return { browser: 'safari', system }
  return { browser: 'other', system }
}
