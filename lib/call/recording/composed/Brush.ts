import type { Rectangle } from '../../layout/layoutTiles.ts'
import type { PictureSize } from './composedLayout.ts'
import type { Icon } from './icons.ts'

/** The stage's own colours (app/globals.css), which a canvas cannot name. */
export const COLOURS = {
  stage: 'oklch(0.135 0.006 268)',
  tile: 'oklch(0.205 0.009 268)',
  ink: 'oklch(0.97 0.003 268)',
  inkSoft: 'oklch(0.765 0.009 268)',
  danger: 'oklch(0.77 0.13 24)',
  speaking: 'oklch(0.785 0.135 270)',
  scrim: 'oklch(0.1 0.005 268 / 0.64)',
} as const

const ICON_BOX = 24
const ICON_STROKE = 2
/** The weights that are drawn. */
const WEIGHTS = [500, 600] as const

type Weight = (typeof WEIGHTS)[number]
export type TextStyle = { readonly px: number; readonly weight: Weight }

/** A canvas with the page's font, and what is drawn on tiles more than once. */
export class Brush {
  readonly canvas: CanvasRenderingContext2D
  /** Resolves when the font is there; until then the system's is drawn. */
  readonly ready: Promise<unknown>
  readonly #family = getComputedStyle(document.body).fontFamily

  constructor(canvas: CanvasRenderingContext2D) {
    this.canvas = canvas
    this.ready = Promise.allSettled(
      WEIGHTS.map((weight) => document.fonts.load(this.#font({ px: 14, weight }))),
    )
  }

  clear({ width, height }: PictureSize): void {
    this.fill({ left: 0, top: 0, width, height }, COLOURS.stage)
  }

  fill({ left, top, width, height }: Rectangle, colour: string): void {
    this.canvas.fillStyle = colour
    this.canvas.fillRect(left, top, width, height)
  }

  /** As large as `to`; of what is larger than its place no more than that. */
  draw(source: CanvasImageSource, to: Rectangle, place: Rectangle): void {
    const { canvas } = this
    canvas.save()
    canvas.beginPath()
    canvas.rect(place.left, place.top, place.width, place.height)
    canvas.clip()
    canvas.drawImage(source, to.left, to.top, to.width, to.height)
    canvas.restore()
  }

  /** In the middle of its place; of what is larger no more than that. */
  putPixels(pixels: ImageData, { left, top, width, height }: Rectangle): void {
    const [overX, overY] = [Math.round((pixels.width - width) / 2), Math.round((pixels.height - height) / 2)]
    const [x, y] = [Math.max(0, overX), Math.max(0, overY)]
    const [w, h] = [Math.min(pixels.width, width), Math.min(pixels.height, height)]
    this.canvas.putImageData(pixels, left - overX, top - overY, x, y, w, h)
  }

  /** What of a rectangle is outside of its round corners. */
  corners({ left, top, width, height }: Rectangle, radius: number, colour: string): void {
    const { canvas } = this
    const [right, bottom] = [left + width, top + height]
    canvas.fillStyle = colour
    canvas.beginPath()
    for (const [x, y, towardsX, towardsY] of [
      [left, top, 1, 1],
      [right, top, -1, 1],
      [right, bottom, -1, -1],
      [left, bottom, 1, -1],
    ] as const) {
      canvas.moveTo(x, y)
      canvas.lineTo(x + towardsX * radius, y)
      canvas.arcTo(x, y, x, y + towardsY * radius, radius)
      canvas.closePath()
    }
    canvas.fill()
  }

  /** A filled rectangle with round corners; `radius` in px. */
  pill({ left, top, width, height }: Rectangle, radius: number, colour: string): void {
    this.canvas.fillStyle = colour
    this.canvas.beginPath()
    this.canvas.roundRect(left, top, width, height, radius)
    this.canvas.fill()
  }

  disc(x: number, y: number, radius: number, colour: string): void {
    this.canvas.fillStyle = colour
    this.canvas.beginPath()
    this.canvas.arc(x, y, radius, 0, 2 * Math.PI)
    this.canvas.fill()
  }

  /** @param x of its left side @param y of its middle */
  text(words: string, x: number, y: number, style: TextStyle, colour: string): void {
    this.#write(words, x, y, style, colour, 'left')
  }

  centredText(words: string, x: number, y: number, style: TextStyle, colour: string): void {
    this.#write(words, x, y, style, colour, 'center')
  }

  /** In px. */
  widthOf(words: string, style: TextStyle): number {
    this.canvas.font = this.#font(style)
    return this.canvas.measureText(words).width
  }

  /** As much of it as fits, with an ellipsis when that is not all. */
  shortened(words: string, style: TextStyle, most: number): string {
    if (this.widthOf(words, style) <= most) return words
    let short = [...words]
    while (short.length > 1 && this.widthOf(`${short.join('')}…`, style) > most) short = short.slice(0, -1)
    return `${short.join('')}…`
  }

  icon(icon: Icon, left: number, top: number, px: number, colour: string): void {
    const { canvas } = this
    canvas.save()
    canvas.translate(left, top)
    canvas.scale(px / ICON_BOX, px / ICON_BOX)
    Object.assign(canvas, {
      lineWidth: ICON_STROKE,
      lineCap: 'round',
      lineJoin: 'round',
      strokeStyle: colour,
    })
    canvas.stroke(icon())
    canvas.restore()
  }

  #write(
    words: string,
    x: number,
    y: number,
    style: TextStyle,
    colour: string,
    align: CanvasTextAlign,
  ): void {
    Object.assign(this.canvas, { font: this.#font(style), textAlign: align, textBaseline: 'middle' })
    this.canvas.fillStyle = colour
    this.canvas.fillText(words, x, y + 1)
  }

  #font = ({ px, weight }: TextStyle): string => `${weight} ${px}px ${this.#family}`
}
