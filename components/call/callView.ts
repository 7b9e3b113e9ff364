import type { ParticipantId } from '#lib/protocol/ids.ts'

/** What this person looks at. Apart from the call: it lives and dies with the screen. */
export type CallView = {
  readonly panel: 'chat' | 'people' | null
  /** `auto` puts a share on the stage; `stage` keeps whoever speaks there as well. */
  readonly layout: 'auto' | 'stage'
  readonly pinned: string | null
  readonly page: number
  readonly help: boolean
  readonly hostControls: boolean
  /** What the host is asked about the recording. */
  readonly recording: 'start' | 'stop' | null
  readonly silenced: ReadonlySet<ParticipantId>
}

export const FIRST_VIEW: CallView = {
  panel: null,
  layout: 'auto',
  pinned: null,
  page: 0,
  help: false,
  hostControls: false,
  recording: null,
  silenced: new Set(),
}

export type ViewChange =
  | { readonly type: 'togglePanel'; readonly panel: 'chat' | 'people' }
  | { readonly type: 'closePanel' | 'toggleLayout' }
  | { readonly type: 'togglePin'; readonly key: string }
  | { readonly type: 'toggleSilence'; readonly id: ParticipantId }
  | { readonly type: 'page'; readonly page: number }
  | { readonly type: 'help' | 'hostControls'; readonly open: boolean }
  | { readonly type: 'recording'; readonly open: CallView['recording'] }

export function changeView(view: CallView, change: ViewChange): CallView {
  switch (change.type) {
    case 'togglePanel':
      return { ...view, panel: view.panel === change.panel ? null : change.panel }
    case 'closePanel':
      return { ...view, panel: null }
    case 'toggleLayout':
      return { ...view, layout: view.layout === 'auto' ? 'stage' : 'auto', pinned: null, page: 0 }
    case 'togglePin':
      return { ...view, pinned: view.pinned === change.key ? null : change.key, page: 0 }
    case 'toggleSilence': {
      const silenced = new Set(view.silenced)
      if (!silenced.delete(change.id)) silenced.add(change.id)
      return { ...view, silenced }
    }
    case 'page':
      return { ...view, page: change.page }
    case 'help':
      return { ...view, help: change.open }
    case 'hostControls':
      return { ...view, hostControls: change.open }
    case 'recording':
      return { ...view, recording: change.open }
  }
}

/**
 * The tile that has the stage: what is pinned, else the newest share (somebody else's before our own), else, in the
 * stage layout, whoever speaks. Null means a grid.
 */
export function stagedKey(
  view: Pick<CallView, 'pinned' | 'layout'>,
  tiles: readonly { readonly key: string; readonly kind: 'person' | 'share'; readonly own: boolean }[],
  speaker: string | null,
): string | null {
  const has = (key: string | null): key is string => key !== null && tiles.some((tile) => tile.key === key)
  if (has(view.pinned)) return view.pinned
  const shares = tiles.filter((tile) => tile.kind === 'share')
  const share = shares.filter((tile) => !tile.own).at(-1) ?? shares.at(-1)
  if (share) return share.key
  if (view.layout === 'auto') return null
  if (has(speaker)) return speaker
  return tiles.find((tile) => !tile.own)?.key ?? null
}
