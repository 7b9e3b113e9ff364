import { avatarTint, initials } from '#lib/domain/personMark.ts'
import type { Rectangle } from '../../layout/layoutTiles.ts'
import type { ComposedTile } from './composedTiles.ts'
import type { Picture } from './Picture.ts'

/** The stage's own colours (app/globals.css), which a canvas cannot look up in a worker's time. */
const STAGE = 'oklch(0.135 0.006 268)'
const TILE = 'oklch(0.205 0.009 268)'
const INK = 'oklch(0.97 0.003 268)'
const DANGER = 'oklch(0.77 0.13 24)'
const SCRIM = 'oklch(0.1 0.005 268 / 0.64)'
const HUES = 8
const RADIUS = 10
const FONT = '"Inter Variable", system-ui, sans-serif'

type Canvas = CanvasRenderingContext2D
type DrawnPicture = Pick<Picture, 'source' | 'width' | 'height'>

export function clearStage(canvas: Canvas, width: number, height: number): void {
  canvas.fillStyle = STAGE
  canvas.fillRect(0, 0, width, height)
}

/** One tile: all of a screen, a person's picture filling it, or their initials; and the name. */
export function drawTile(
  canvas: Canvas,
  tile: ComposedTile,
  place: Rectangle,
  picture: DrawnPicture | null,
): void {
  canvas.save()
  canvas.beginPath()
  canvas.roundRect(place.left, place.top, place.width, place.height, RADIUS)
  canvas.clip()
  canvas.fillStyle = TILE
  canvas.fillRect(place.left, place.top, place.width, place.height)
  const source = picture?.source ?? null
  if (picture !== null && source !== null && picture.width > 0) {
    drawPicture(canvas, source, picture, place, tile.share)
  } else if (!tile.share) drawInitials(canvas, tile, place)
  drawName(canvas, tile, place)
  canvas.restore()
}

function drawPicture(
  canvas: Canvas,
  source: CanvasImageSource,
  { width, height }: DrawnPicture,
  place: Rectangle,
  whole: boolean,
): void {
  const choose = whole ? Math.min : Math.max
  const scale = choose(place.width / width, place.height / height)
  const [w, h] = [width * scale, height * scale]
  canvas.drawImage(source, place.left + (place.width - w) / 2, place.top + (place.height - h) / 2, w, h)
}

function drawInitials(canvas: Canvas, tile: ComposedTile, { left, top, width, height }: Rectangle): void {
  const radius = Math.min(72, Math.max(20, Math.min(width, height) * 0.17))
  const hue = (avatarTint(tile.participantId, HUES) * 360) / HUES
  canvas.fillStyle = `oklch(0.42 0.09 ${hue})`
  canvas.beginPath()
  canvas.arc(left + width / 2, top + height / 2, radius, 0, 2 * Math.PI)
  canvas.fill()
  canvas.fillStyle = INK
  canvas.font = `600 ${Math.round(radius * 0.72)}px ${FONT}`
  canvas.textAlign = 'center'
  canvas.textBaseline = 'middle'
  canvas.fillText(initials(tile.name), left + width / 2, top + height / 2 + 1)
}

function drawName(canvas: Canvas, tile: ComposedTile, { left, top, width, height }: Rectangle): void {
  const size = width < 180 || height < 110 ? 12 : 14
  const most = width - 36
  canvas.font = `500 ${size}px ${FONT}`
  const text = shortened(canvas, tile.name, most)
  const [boxWidth, boxHeight] = [canvas.measureText(text).width + 20 + (tile.muted ? 14 : 0), size + 12]
  const [x, y] = [left + 8, top + height - 8 - boxHeight]
  canvas.fillStyle = SCRIM
  canvas.beginPath()
  canvas.roundRect(x, y, boxWidth, boxHeight, 6)
  canvas.fill()
  if (tile.muted) {
    canvas.fillStyle = DANGER
    canvas.beginPath()
    canvas.arc(x + 13, y + boxHeight / 2, 4, 0, 2 * Math.PI)
    canvas.fill()
  }
  canvas.fillStyle = INK
  canvas.textAlign = 'left'
  canvas.textBaseline = 'middle'
  canvas.fillText(text, x + 10 + (tile.muted ? 14 : 0), y + boxHeight / 2 + 1)
}

function shortened(canvas: Canvas, text: string, most: number): string {
  if (canvas.measureText(text).width <= most) return text
  let short = [...text]
  while (short.length > 1 && canvas.measureText(`${short.join('')}…`).width > most) short = short.slice(0, -1)
  return `${short.join('')}…`
}
