import { mediaHelp } from '#components/lobby/mediaHelp.ts'
import { platformOf } from '#components/lobby/platform.ts'

const AGENTS = {
  chrome:
    'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36',
  edge: 'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36 Edg/140.0.0.0',
  firefox: 'Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0',
  safari:
    'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.0 Safari/605.1.15',
  iphone:
    'Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) CriOS/140.0.0.0 Mobile/15E148 Safari/604.1',
  android:
    'Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Mobile Safari/537.36',
}

test.each([
  [AGENTS.chrome, 0, { browser: 'chromium', system: 'linux' }],
  [AGENTS.edge, 0, { browser: 'edge', system: 'windows' }],
  [AGENTS.firefox, 0, { browser: 'firefox', system: 'windows' }],
  [AGENTS.safari, 0, { browser: 'safari', system: 'mac' }],
  [AGENTS.safari, 5, { browser: 'safari', system: 'ios' }],
  [AGENTS.iphone, 5, { browser: 'safari', system: 'ios' }],
  [AGENTS.android, 5, { browser: 'chromium', system: 'android' }],
  ['something else', 0, { browser: 'other', system: 'linux' }],
])('[UI-17] %s with %i touch points', (agent, touchPoints, expected) => {
  expect(platformOf(agent, touchPoints)).toEqual(expected)
})

test('[UI-17] a blocked permission is explained for the browser at hand', () => {
  const help = (agent: string, touch = 0) =>
    mediaHelp('denied', ['camera'], platformOf(agent, touch)).steps.join(' ')
  expect(help(AGENTS.chrome)).toMatch(/address bar/)
  expect(help(AGENTS.firefox)).toMatch(/Remove the block/)
  expect(help(AGENTS.safari)).toMatch(/Settings for This Website/)
  expect(help(AGENTS.iphone, 5)).toMatch(/Website Settings/)
  expect(help(AGENTS.android, 5)).toMatch(/Permissions/)
  expect(new Set([AGENTS.chrome, AGENTS.firefox, AGENTS.safari].map((agent) => help(agent))).size).toBe(3)
})

test('[UI-17] what it means depends on what is missing', () => {
  const meaning = (kinds: ('microphone' | 'camera')[]) =>
    mediaHelp('no-device', kinds, platformOf(AGENTS.chrome)).meaning
  expect(meaning(['camera'])).toMatch(/without a picture/)
  expect(meaning(['microphone'])).toMatch(/nobody hears you/)
  expect(meaning(['microphone', 'camera'])).toMatch(/nobody sees or hears you/)
})
