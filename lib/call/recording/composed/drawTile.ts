import { avatarTint, initials } from '#lib/domain/personMark.ts'
import type { Rectangle } from '../../layout/layoutTiles.ts'
import { type Brush, COLOURS, type TextStyle } from './Brush.ts'
import type { ComposedTile } from './composedTiles.ts'
import { ICONS, type Icon } from './icons.ts'
import type { Picture } from './Picture.ts'

type DrawnPicture = Pick<Picture, 'source' | 'pixels' | 'width' | 'height'>

/** As much of a tile as is seen of it. */
export type DrawnTile = Pick<
  ComposedTile,
  'share' | 'name' | 'muted' | 'runsMeeting' | 'handRaised' | 'away'
> & { readonly participantId: string }

export type TileLook = {
  readonly place: Rectangle
  readonly picture: DrawnPicture | null
  readonly speaks: boolean
  /** All of the picture, with bars beside it where it has another shape. */
  readonly whole: boolean
}

const RADIUS = 10
/** A share of its width. */
const SAME_SIZE = 0.02
const RING = 3
const INSET = 8
const TINTS = 8
const ICON_PX = 14
const ICON_GAP = 6

/** One tile as on a screen (components/call/Tile.tsx): all of a screen, a person's picture filling it, or their initials. */
export function drawTile(brush: Brush, tile: DrawnTile, look: TileLook): void {
  const { place, picture } = look
  const shown = picture !== null && drawPicture(brush, picture, look)
  if (!shown) brush.fill(place, COLOURS.tile)
  if (!shown && !tile.share) drawInitials(brush, tile, place)
  if (tile.away) drawAway(brush, place, shown)
  drawLabel(brush, tile, place)
  if (tile.handRaised) drawHand(brush, place)
  if (look.speaks) drawRing(brush, place)
  // Laid over what is there: a clip makes everything within it slower to draw.
  brush.corners(place, RADIUS, COLOURS.stage)
}

const isSmall = ({ width, height }: Rectangle): boolean => width < 180 || height < 110

/** @returns false when there is nothing to draw yet */
function drawPicture(brush: Brush, picture: DrawnPicture, { place, whole }: TileLook): boolean {
  if (picture.width === 0 || picture.height === 0) return false
  const to = placed(picture, place, whole)
  if (to.width < place.width || to.height < place.height) brush.fill(place, COLOURS.tile)
  const { pixels } = picture
  if (pixels && isAsLarge(pixels, to)) {
    brush.putPixels(pixels, place)
    return true
  }
  const { source } = picture
  if (source === null) return false
  brush.draw(source, to, place)
  return true
}

/** Where a picture goes that fills its place, or stands whole in it. */
function placed({ width, height }: DrawnPicture, place: Rectangle, whole: boolean): Rectangle {
  const choose = whole ? Math.min : Math.max
  const scale = choose(place.width / width, place.height / height)
  const [w, h] = [width * scale, height * scale]
  return {
    left: place.left + (place.width - w) / 2,
    top: place.top + (place.height - h) / 2,
    width: w,
    height: h,
  }
}

/** Nobody sees that some hundredths of a picture are cut off, or a pixel is missing at its edge. */
const isAsLarge = ({ width }: { width: number }, to: Rectangle): boolean =>
  Math.abs(width / to.width - 1) <= SAME_SIZE

function drawInitials(brush: Brush, tile: DrawnTile, place: Rectangle): void {
  const { left, top, width, height } = place
  const hue = avatarTint(tile.participantId, TINTS) * (360 / TINTS)
  const tint = `oklch(0.86 0.06 ${hue}`
  brush.fill(place, `${tint} / 0.15)`)
  const shorter = Math.min(width, height)
  const [x, y] = [left + width / 2, top + height / 2]
  brush.disc(x, y, clamp(shorter * 0.34, 40, 144) / 2, `${tint})`)
  const style = { px: Math.round(clamp(shorter * 0.12, 16, 52)), weight: 600 } as const
  brush.centredText(initials(tile.name), x, y, style, `oklch(0.33 0.085 ${hue})`)
}

/** Initials stay readable; a picture stands still anyway. */
function drawAway(brush: Brush, place: Rectangle, pictured: boolean): void {
  const style: TextStyle = { px: isSmall(place) ? 12 : 14, weight: 500 }
  const words = 'Reconnecting…'
  const [width, height] = [brush.widthOf(words, style) + 24, style.px + 12]
  const x = place.left + place.width / 2
  const y = pictured ? place.top + place.height / 2 : place.top + INSET + height / 2
  brush.fill(place, COLOURS.scrim)
  brush.pill({ left: x - width / 2, top: y - height / 2, width, height }, height / 2, COLOURS.scrim)
  brush.centredText(words, x, y, style, COLOURS.ink)
}

type Sign = readonly [icon: Icon, colour: string]

function drawLabel(brush: Brush, tile: DrawnTile, place: Rectangle): void {
  const small = isSmall(place)
  const style: TextStyle = { px: small ? 12 : 14, weight: 500 }
  const padding = small ? 6 : 10
  const before: Sign[] = []
  if (tile.share) before.push([ICONS.screen, COLOURS.ink])
  if (tile.muted) before.push([ICONS.microphoneOff, COLOURS.danger])
  const after: Sign[] = tile.runsMeeting ? [[ICONS.runsMeeting, COLOURS.inkSoft]] : []
  const signs = (before.length + after.length) * (ICON_PX + ICON_GAP)
  const name = brush.shortened(tile.name, style, place.width - 2 * INSET - 2 * padding - signs)
  const nameWidth = brush.widthOf(name, style)
  const height = style.px + (small ? 8 : 14)
  const box = { left: place.left + INSET, top: place.top + place.height - INSET - height }
  const middle = box.top + height / 2
  brush.pill({ ...box, width: nameWidth + 2 * padding + signs, height }, 6, COLOURS.scrim)
  let x = box.left + padding
  const drawSign = ([icon, colour]: Sign): void => {
    brush.icon(icon, x, middle - ICON_PX / 2, ICON_PX, colour)
    x += ICON_PX + ICON_GAP
  }
  before.forEach(drawSign)
  brush.text(name, x, middle, style, COLOURS.ink)
  x += nameWidth + ICON_GAP
  after.forEach(drawSign)
}

function drawHand(brush: Brush, place: Rectangle): void {
  const style: TextStyle = { px: 12, weight: 600 }
  const words = isSmall(place) ? '' : 'Hand raised'
  const height = 24
  const box = { left: place.left + INSET, top: place.top + INSET, height }
  const width = 16 + 16 + (words === '' ? 0 : ICON_GAP + brush.widthOf(words, style))
  brush.pill({ ...box, width }, height / 2, COLOURS.ink)
  brush.icon(ICONS.hand, box.left + 8, box.top + 4, 16, COLOURS.stage)
  brush.text(words, box.left + 8 + 16 + ICON_GAP, box.top + height / 2, style, COLOURS.stage)
}

function drawRing({ canvas }: Brush, { left, top, width, height }: Rectangle): void {
  canvas.strokeStyle = COLOURS.speaking
  canvas.lineWidth = RING
  canvas.beginPath()
  canvas.roundRect(left + RING / 2, top + RING / 2, width - RING, height - RING, RADIUS - RING / 2)
  canvas.stroke()
}

const clamp = (value: number, least: number, most: number): number => Math.min(Math.max(value, least), most)
