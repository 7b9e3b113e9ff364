import { existsSync } from 'node:fs'
import { type Browser, launch } from 'puppeteer-core'

export type BrowserKind = 'chromium' | 'firefox'

export type LaunchOptions = {
  /** Chromium only: from `host:port` to `host:port`, so that this participant's road leads through a delay proxy. */
  readonly reach?: Readonly<Record<string, string>>
  readonly extraArguments?: readonly string[]
  /** Chromium only: pictures a second of its fake cameras, 20 unless told. Fewer cost less where many encode at once. */
  readonly cameraFramesPerSecond?: number
}

const PLACES: Readonly<Record<BrowserKind, readonly string[]>> = {
  chromium: [
    '/usr/bin/chromium',
    '/usr/bin/chromium-browser',
    '/usr/bin/google-chrome',
    '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
    '/Applications/Chromium.app/Contents/MacOS/Chromium',
    'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
  ],
  firefox: [
    '/usr/bin/firefox-esr',
    '/usr/bin/firefox',
    '/Applications/Firefox.app/Contents/MacOS/firefox',
    'C:\\Program Files\\Mozilla Firefox\\firefox.exe',
  ],
}

/** Wide enough for the whole control bar, small enough for two cores. */
const VIEWPORT = { width: 760, height: 560 }

const CHROMIUM_ARGUMENTS = [
  '--no-sandbox',
  '--use-fake-ui-for-media-stream',
  '--auto-accept-this-tab-capture',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--disable-quic',
  '--no-first-run',
  '--autoplay-policy=no-user-gesture-required',
  // Without it Chromium offers no 127.0.0.1 candidate, and a machine without a network has no other.
  '--allow-loopback-in-peer-connection',
]

const FIREFOX_PREFERENCES = {
  'media.navigator.streams.fake': true,
  'media.navigator.permission.disabled': true,
  'media.peerconnection.ice.loopback': true,
  'media.peerconnection.ice.obfuscate_host_addresses': false,
  'media.autoplay.default': 0,
  'media.autoplay.blocking_policy': 0,
  'media.gmp-manager.updateEnabled': false,
  'browser.safebrowsing.update.enabled': false,
  'network.captive-portal-service.enabled': false,
  'network.connectivity-service.enabled': false,
  'app.normandy.enabled': false,
}

/** @returns where the browser is on this machine, or null; `CHROMIUM_PATH` and `FIREFOX_PATH` come first */
export function findBrowser(kind: BrowserKind): string | null {
  const named = process.env[`${kind.toUpperCase()}_PATH`]
  return [named, ...PLACES[kind]].find((path) => path !== undefined && existsSync(path)) ?? null
}

/**
 * A browser process of its own with a fake microphone and camera. One per participant: two pages of one process share
 * encoders, sockets and throttling, and would prove less.
 */
export async function launchBrowser(kind: BrowserKind, options: LaunchOptions = {}): Promise<Browser> {
  const executablePath = findBrowser(kind)
  if (executablePath === null) throw new Error(`${kind} is not installed, or set ${kind.toUpperCase()}_PATH`)
  const common = { executablePath, headless: true, defaultViewport: VIEWPORT, protocolTimeout: 60_000 }
  if (kind === 'firefox')
    return launch({ ...common, browser: 'firefox', extraPrefsFirefox: FIREFOX_PREFERENCES })
  const roads = Object.entries(options.reach ?? {}).map(([from, to]) => `MAP ${from} ${to}`)
  const reach = roads.length > 0 ? [`--host-resolver-rules=${roads.join(',')}`] : []
  return launch({
    ...common,
    browser: 'chrome',
    args: [...CHROMIUM_ARGUMENTS, fakeCameras(options), ...reach, ...(options.extraArguments ?? [])],
  })
}

/** Three cameras, because the second one's pictures are of a kind (16 bit grey) that WebRTC does not send. */
const fakeCameras = ({ cameraFramesPerSecond = 20 }: LaunchOptions): string =>
  `--use-fake-device-for-media-stream=device-count=3,fps=${cameraFramesPerSecond}`
