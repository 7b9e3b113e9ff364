import { hostPolicy } from './hostPolicy.ts'

/** How pages are confined (NX-7). `dev` allows what Next's hot reload needs, and nothing else differs. */
export function contentSecurityPolicy(nonce: string, publicUrl: string, dev: boolean): string {
  const { host, protocol } = new URL(publicUrl)
  const secure = protocol === 'https:'
  const socket = `${secure ? 'wss' : 'ws'}://${host}`
  const directives = [
    "default-src 'self'",
    // With strict-dynamic only scripts that carry the nonce run, and those which they load.
    `script-src 'self' 'nonce-${nonce}' 'strict-dynamic'${dev ? " 'unsafe-eval'" : ''}`,
    // Positioning by style attributes (tiles, menus) has no nonce.
    "style-src 'self' 'unsafe-inline'",
    "img-src 'self' blob: data:",
    "media-src 'self' blob: mediastream:",
    "font-src 'self'",
    `connect-src 'self' ${socket}`,
    "worker-src 'self' blob:",
    "object-src 'none'",
    "base-uri 'none'",
    "form-action 'self'",
    "frame-src 'none'",
    "frame-ancestors 'none'",
    "manifest-src 'self'",
    ...(secure ? ['upgrade-insecure-requests'] : []),
  ]
  return directives.join('; ')
}

const HSTS = 'max-age=31536000; includeSubDomains'

/**
 * On every answer, whoever wrote its body. Share links are secrets: no page tells others where it is
 * (SE-7). HSTS is for a name of ours: on `localhost` it would bind other people's servers as well.
 */
export function fixedHeaders(publicUrl: string): readonly (readonly [string, string])[] {
  return [
    ['X-Content-Type-Options', 'nosniff'],
    ['X-Frame-Options', 'DENY'],
    ['Referrer-Policy', 'no-referrer'],
    ['Cross-Origin-Opener-Policy', 'same-origin'],
    ['Cross-Origin-Resource-Policy', 'same-origin'],
    [
      'Permissions-Policy',
      'camera=(self), microphone=(self), display-capture=(self), speaker-selection=(self), autoplay=(self), fullscreen=(self), picture-in-picture=(self), screen-wake-lock=(self), geolocation=(), payment=(), usb=()',
    ],
    ...(publicUrl.startsWith('https:') && !hostPolicy(publicUrl).isLocal
      ? [['Strict-Transport-Security', HSTS] as const]
      : []),
  ]
}
