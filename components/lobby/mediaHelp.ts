import type { MediaFailure } from '#lib/call/ports.ts'
import type { Platform } from './platform.ts'

export type MediaHelp = {
  /** What happened. */
  readonly title: string
  /** What it means, and that joining is possible all the same. */
  readonly meaning: string
  /** What to do, in order. */
  readonly steps: readonly string[]
}

type Kind = 'microphone' | 'camera'
const both = (kinds: readonly Kind[]): string => kinds.join(' and ')

function permissionSteps({ browser, system }: Platform, what: string): string[] {
  const system_ =
    system === 'mac'
      ? [`Still nothing? In System Settings → Privacy & Security, allow your browser to use the ${what}.`]
      : system === 'windows'
        ? [`Still nothing? In Settings → Privacy & security, let desktop apps use the ${what}.`]
        : []
  switch (browser) {
    case 'chromium':
    case 'edge':
      return system === 'android'
        ? ['Tap the icon left of the address, then Permissions.', `Allow the ${what}, then reload this page.`]
        : [
            'Click the icon at the left end of the address bar.',
            `Switch the ${what} on, then reload this page.`,
            ...system_,
          ]
    case 'firefox':
      return [
        'Click the crossed-out device icon left of the address.',
        'Remove the block (the small ×), then reload this page.',
        `Choose “Allow” when Firefox asks for the ${what}.`,
        ...system_,
      ]
    case 'safari':
      return system === 'ios'
        ? [
            'Tap the page menu in the address bar, then Website Settings.',
            `Set the ${what} to Allow, then reload this page.`,
            `Still nothing? Open the Settings app, find your browser, and allow the ${what} there.`,
          ]
        : [
            'In the menu bar choose Safari → Settings for This Website.',
            `Set the ${what} to Allow, then reload this page.`,
            ...system_,
          ]
    case 'other':
      return [`Allow this page to use the ${what} in your browser’s site settings, then reload it.`]
  }
}

/** What to tell a person whose microphone or camera does not work: what happened, what it means, what to do next. */
export function mediaHelp(
  reason: MediaFailure['reason'],
  kinds: readonly Kind[],
  platform: Platform,
): MediaHelp {
  const what = both(kinds)
  const without =
    kinds.length > 1
      ? 'You can join and listen, but nobody sees or hears you.'
      : kinds[0] === 'camera'
        ? 'You can join without a picture.'
        : 'You can join and listen, but nobody hears you.'
  switch (reason) {
    case 'denied':
      return {
        title: `Your browser blocks the ${what}`,
        meaning: without,
        steps: permissionSteps(platform, what),
      }
    case 'no-device':
      return {
        title: `No ${kinds.join(' or ')} found`,
        meaning: without,
        steps: [`Plug one in: it appears in the list by itself.`],
      }
    case 'in-use':
      return {
        title: `Another program uses your ${what}`,
        meaning: without,
        steps: ['Close the other program or tab that uses it.', 'Then switch it on here again.'],
      }
    case 'insecure-context':
      return {
        title: 'This address is not secure',
        meaning: `Browsers hand out the ${what} only over https. ${without}`,
        steps: ['Open the meeting with https:// at the start of the address, or ask who runs this server.'],
      }
    case 'cancelled':
      return {
        title: `You have not allowed the ${what} yet`,
        meaning: without,
        steps: ['Switch it on again and choose “Allow”.'],
      }
    case 'unknown':
      return {
        title: `Your ${what} did not start`,
        meaning: without,
        steps: ['Switch it on again, or choose another device.'],
      }
  }
}
