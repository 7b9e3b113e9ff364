import type { CallState } from '#lib/call/callState.ts'
import type { ErrorCode } from '#lib/protocol/errors.ts'

/** What the one button of an end screen does. */
type EndAction = 'rejoin' | 'reload' | 'sign-in' | 'home'
export type EndWords = {
  readonly title: string
  readonly text: string
  readonly action: EndAction
  readonly mood: 'calm' | 'stopped' | 'trouble'
}

type EndedReason = Extract<CallState, { status: 'ended' }>['reason']

const ENDED: Readonly<Record<EndedReason, EndWords>> = {
  left: { title: 'You left the meeting', text: 'Changed your mind?', action: 'rejoin', mood: 'calm' },
  'ended-by-host': {
    title: 'The meeting has ended',
    text: 'The host ended it for everyone.',
    action: 'home',
    mood: 'calm',
  },
  removed: {
    title: 'You were removed from the meeting',
    text: 'The host removed you. If that was a mistake, ask them to let you in again.',
    action: 'home',
    mood: 'stopped',
  },
  declined: {
    title: 'You were not let in',
    text: 'The host declined your request to join. If that was a mistake, ask them in another way.',
    action: 'home',
    mood: 'stopped',
  },
  'session-revoked': {
    title: 'You were signed out',
    text: 'An administrator ended your session, so this call ended too. Sign in again if you still have access.',
    action: 'sign-in',
    mood: 'stopped',
  },
  'session-expired': {
    title: 'Your session has expired',
    text: 'For your safety you were signed out after a long time. Sign in to come back to the meeting.',
    action: 'sign-in',
    mood: 'trouble',
  },
  'signed-out': {
    title: 'You signed out',
    text: 'This call ended because you signed out, here or in another window.',
    action: 'sign-in',
    mood: 'calm',
  },
  'meeting-deleted': {
    title: 'This meeting was deleted',
    text: 'Its host deleted it, so the call ended for everyone.',
    action: 'home',
    mood: 'calm',
  },
  replaced: {
    title: 'You joined from somewhere else',
    text: 'This meeting is open in another window or on another device, and your place moved there.',
    action: 'rejoin',
    mood: 'calm',
  },
  'seat-lost': {
    title: 'The connection was lost for too long',
    text: 'Your place was given up. The meeting may still be going on.',
    action: 'rejoin',
    mood: 'trouble',
  },
}

const FAILED: Readonly<Record<ErrorCode, EndWords>> = {
  full: {
    title: 'This meeting is full',
    text: 'As many people as it can hold are in it. Try again when somebody has left.',
    action: 'rejoin',
    mood: 'stopped',
  },
  'not-found': {
    title: 'This meeting link doesn’t work',
    text: 'Check the link for missing letters, or ask for a new one.',
    action: 'home',
    mood: 'stopped',
  },
  unauthenticated: {
    title: 'Please sign in again',
    text: 'You are no longer signed in. Sign in to come back to the meeting.',
    action: 'sign-in',
    mood: 'trouble',
  },
  forbidden: {
    title: 'You can’t join this meeting',
    text: 'You are not allowed in. Ask the host for another link.',
    action: 'home',
    mood: 'stopped',
  },
  unavailable: {
    title: 'The server has trouble',
    text: 'It cannot reach its database right now. Nothing was lost; try again in a moment.',
    action: 'rejoin',
    mood: 'trouble',
  },
  'rate-limited': {
    title: 'Too many tries',
    text: 'You knocked very often in a short time. Wait a moment, then try again.',
    action: 'rejoin',
    mood: 'trouble',
  },
  'protocol-mismatch': {
    title: 'Parley was updated',
    text: 'This page is of an older version than the server. Reload it to join.',
    action: 'reload',
    mood: 'calm',
  },
  timeout: {
    title: 'The server does not answer',
    text: 'Check your internet connection, then rejoin.',
    action: 'rejoin',
    mood: 'trouble',
  },
  conflict: {
    title: 'Joining did not work',
    text: 'This page got out of step with the server. Reload it to join.',
    action: 'reload',
    mood: 'trouble',
  },
  'invalid-request': {
    title: 'Joining did not work',
    text: 'The server did not understand this page. Reload it to join.',
    action: 'reload',
    mood: 'trouble',
  },
  internal: {
    title: 'Something went wrong on the server',
    text: 'It is our fault and was written to the log. Try to rejoin.',
    action: 'rejoin',
    mood: 'trouble',
  },
}

/** The words of the screen after a call: what happened, what it means, and the one thing to do next. */
export function endWords(state: Extract<CallState, { status: 'ended' | 'failed' }>): EndWords {
  return state.status === 'ended' ? ENDED[state.reason] : FAILED[state.error.code]
}
