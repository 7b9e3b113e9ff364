const BAR_ITEMS = [
  'microphone',
  'camera',
  'share',
  'hand',
  'reactions',
  'chat',
  'people',
  'more',
  'leave',
] as const
export type BarItem = (typeof BAR_ITEMS)[number]

/** The least width (CSS px) at which an item stands in the bar itself; below it, it is in More. */
const LEAST_WIDTH: Readonly<Record<BarItem, number>> = {
  microphone: 0,
  camera: 0,
  leave: 0,
  more: 225,
  chat: 300,
  people: 370,
  share: 420,
  hand: 520,
  reactions: 565,
}

export type BarPlan = {
  readonly bar: readonly BarItem[]
  /** What went into More. */
  readonly more: readonly BarItem[]
}

/**
 * Which controls fit a bar of `widthPx`. Nothing is lost by being narrow: what is not in the bar is in More, and
 * More itself goes last.
 */
export function planBar(widthPx: number, canShare: boolean): BarPlan {
  const items = BAR_ITEMS.filter((item) => item !== 'share' || canShare)
  return {
    bar: items.filter((item) => widthPx >= LEAST_WIDTH[item]),
    more: items.filter((item) => item !== 'more' && widthPx < LEAST_WIDTH[item]),
  }
}
