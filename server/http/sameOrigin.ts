import { AppError } from '#lib/errors.ts'
import { hostPolicy } from './hostPolicy.ts'

const SAFE_METHODS = new Set(['GET', 'HEAD', 'OPTIONS'])

/**
 * SE-13: a request that changes something must come from our own pages. `Origin` must be ours exactly (`null`,
 * subdomains and other ports are not); where a browser leaves it out, `Sec-Fetch-Site` must say `same-origin`.
 * A client that sends neither is refused: doubt is refusal.
 *
 * @throws AppError forbidden
 */
export function requireSameOrigin(method: string, headers: Headers, publicUrl: string): void {
  if (SAFE_METHODS.has(method)) return
  const site = headers.get('sec-fetch-site')
  const origin = headers.get('origin')
  const siteFits = site === null || site === 'same-origin'
  const originFits = origin === null ? site === 'same-origin' : hostPolicy(publicUrl).isOwnOrigin(origin)
  if (!siteFits || !originFits) {
    throw new AppError('forbidden', 'This request did not come from this site. Please reload the page.')
  }
}
