import { browserClock } from '../browserClock.ts'
import type { SfuContext } from '../EngineContext.ts'
import { whenIdle } from '../whenIdle.ts'
import { loadLiveKitClient } from './LiveKitRoom.ts'
import { loadLiveKit } from './liveKit.ts'
import type { SfuMediaOptions } from './roomOptions.ts'
import { SfuEngine, type SfuEngineOptions } from './SfuEngine.ts'

/** Running a script of that size holds pictures up for some tens of milliseconds. */
const IDLE_MS = 3000

const DEFAULTS: SfuMediaOptions = { videoCodec: 'vp8' }

/** An engine on LiveKit, in this browser. */
export const createSfuEngine = (
  context: SfuContext & Pick<SfuEngineOptions, 'heardLaterMs'>,
  options: SfuMediaOptions = DEFAULTS,
): SfuEngine =>
  new SfuEngine({
    ...context,
    clock: browserClock,
    loadClient: () => loadLiveKitClient(options),
    createUrl: webSocketUrl,
    pixelRatio: () => devicePixelRatio,
  })

/** Fetches what a start would have to fetch first, in an idle moment. A failure shows itself there. */
export async function preloadSfu(): Promise<void> {
  await new Promise<void>((resolve) => whenIdle(resolve, IDLE_MS))
  await loadLiveKit().catch(() => undefined)
}

/** On our own origin: behind our gate. */
function webSocketUrl(path: string): string {
  const url = new URL(path, location.origin)
  url.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:'
  return url.href
}
