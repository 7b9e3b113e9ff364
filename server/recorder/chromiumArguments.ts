type Surroundings = {
  readonly origin: string
  /** `host:port` under which the origin is reached from here, where its public name does not lead here. */
  readonly reach: string | null
  /** The SHA-256 of the one key that is believed without an authority, base64; null for none. */
  readonly ownKey: string | null
  /** Chromium's sandbox cannot be had by root. */
  readonly root: boolean
}

/** Captures what its own tab plays without a question, plays sound without a touch, and talks to nobody but us. */
export function chromiumArguments({ origin, reach, ownKey, root }: Surroundings): string[] {
  const { protocol, host, hostname, port } = new URL(origin)
  const named = `${hostname}:${port === '' ? (protocol === 'https:' ? 443 : 80) : port}`
  const secure = protocol === 'https:' || hostname === 'localhost' || hostname === '127.0.0.1'
  return [
    '--auto-accept-this-tab-capture',
    '--autoplay-policy=no-user-gesture-required',
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-sync',
    '--disable-quic',
    '--no-first-run',
    '--force-color-profile=srgb',
    '--disable-background-timer-throttling',
    '--disable-renderer-backgrounding',
    '--disable-backgrounding-occluded-windows',
    // A machine without a network has no other address to offer.
    '--allow-loopback-in-peer-connection',
    ...(root ? ['--no-sandbox'] : []),
    ...(ownKey === null ? [] : [`--ignore-certificate-errors-spki-list=${ownKey}`]),
    ...(reach === null ? [] : [`--host-resolver-rules=MAP ${named} ${reach}`]),
    // A tab can be captured on secure pages only; on a plain http address in one's own network that has to be said.
    ...(secure ? [] : [`--unsafely-treat-insecure-origin-as-secure=http://${host}`]),
  ]
}
