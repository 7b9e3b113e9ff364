import { z } from 'zod'

/**
 * Our pages forbid eval (Content-Security-Policy). Zod would try all the same and fall back, and each try is reported as
 * a breach. On the server it may compile its parsers. To be imported before the first object schema is made.
 */
if (typeof document !== 'undefined') z.config({ jitless: true })
