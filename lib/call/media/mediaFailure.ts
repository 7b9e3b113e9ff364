import type { MediaFailure } from '../ports.ts'

/** DOMException names of getUserMedia and getDisplayMedia (Media Capture and Streams §10.2), by what a person can do. */
const REASONS: Readonly<Record<string, MediaFailure['reason']>> = {
  NotAllowedError: 'denied',
  PermissionDeniedError: 'denied',
  SecurityError: 'denied',
  NotFoundError: 'no-device',
  OverconstrainedError: 'no-device',
  DevicesNotFoundError: 'no-device',
  NotReadableError: 'in-use',
  TrackStartError: 'in-use',
  AbortError: 'in-use',
}

export function mediaFailure(cause: unknown): MediaFailure {
  const name = cause instanceof Error || cause instanceof DOMException ? cause.name : ''
  return { reason: REASONS[name] ?? 'unknown', cause }
}
