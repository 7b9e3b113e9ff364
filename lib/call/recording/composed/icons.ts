/** In a box of 24 × 24; made when it is first drawn. */
export type Icon = () => Path2D

/**
 * The signs of a tile as Lucide has them (https://lucide.dev, ISC licence): its package for React gives elements, and a
 * canvas needs paths.
 */
export const ICONS = {
  microphoneOff: icon(
    'M12 19v3 M15 9.34V5a3 3 0 0 0-5.68-1.33 M16.95 16.95A7 7 0 0 1 5 12v-2',
    'M18.89 13.23A7 7 0 0 0 19 12v-2 M2 2l20 20 M9 9v3a3 3 0 0 0 5.12 2.12',
  ),
  screen: icon(
    'M9 10l3-3 3 3 M12 13V7 M12 17v4 M8 21h8',
    'M4 3h16a2 2 0 0 1 2 2v10a2 2 0 0 1-2 2H4a2 2 0 0 1-2-2V5a2 2 0 0 1 2-2z',
  ),
  runsMeeting: icon(
    'M20 13c0 5-3.5 7.5-7.66 8.95a1 1 0 0 1-.67-.01C7.5 20.5 4 18 4 13V6a1 1 0 0 1 1-1c2 0 4.5-1.2 6.24-2.72',
    'a1.17 1.17 0 0 1 1.52 0C14.51 3.81 17 5 19 5a1 1 0 0 1 1 1z M9 12l2 2 4-4',
  ),
  hand: icon(
    'M18 11V6a2 2 0 0 0-2-2a2 2 0 0 0-2 2 M14 10V4a2 2 0 0 0-2-2a2 2 0 0 0-2 2v2 M10 10.5V6a2 2 0 0 0-2-2a2 2 0 0 0-2 2v8',
    'M18 8a2 2 0 1 1 4 0v6a8 8 0 0 1-8 8h-2c-2.8 0-4.5-.86-5.99-2.34l-3.6-3.6a2 2 0 0 1 2.83-2.82L7 15',
  ),
} as const satisfies Record<string, Icon>

function icon(...pieces: readonly string[]): Icon {
  let path: Path2D | null = null
  return () => {
    path ??= new Path2D(pieces.join(' '))
    return path
  }
}
