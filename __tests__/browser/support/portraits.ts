import { mkdtemp, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Browser } from 'puppeteer-core'

type Look = {
  readonly wall: readonly [string, string]
  readonly light: string
  readonly skin: string
  readonly hair: string
  readonly clothes: string
  readonly style: 'short' | 'long' | 'bun' | 'curls'
}

const LOOKS: readonly Look[] = [
  {
    wall: ['#2f4858', '#16222c'],
    light: '#f6c177',
    skin: '#e8b796',
    hair: '#3b2417',
    clothes: '#d9e2ec',
    style: 'long',
  },
  {
    wall: ['#e9dfd0', '#c4b49a'],
    light: '#ffffff',
    skin: '#8d5a3b',
    hair: '#1c1412',
    clothes: '#2f5d50',
    style: 'short',
  },
  {
    wall: ['#5b4a6f', '#2c2440'],
    light: '#f2a0a0',
    skin: '#f1c9ab',
    hair: '#a5502d',
    clothes: '#f0b94d',
    style: 'bun',
  },
  {
    wall: ['#a9c3cf', '#6f94a6'],
    light: '#fdf6e3',
    skin: '#c68a62',
    hair: '#251a18',
    clothes: '#8c3b4a',
    style: 'curls',
  },
]

/** Moving pictures (MJPEG) of drawn people for Chromium's --use-file-for-fake-video-capture. @returns their paths */
export async function drawPortraits(browser: Browser): Promise<string[]> {
  const folder = await mkdtemp(join(tmpdir(), 'parley-portraits-'))
  const page = await browser.newPage()
  // tsx (esbuild) wraps named functions in this helper.
  await page.evaluate('globalThis.__name = (target) => target')
  const paths: string[] = []
  for (const [number, look] of LOOKS.entries()) {
    const frames = (await page.evaluate(`(${drawFrames.toString()})(${JSON.stringify(look)})`)) as string[]
    const path = join(folder, `${number}.mjpeg`)
    await writeFile(path, Buffer.concat(frames.map((one) => Buffer.from(one.split(',')[1] ?? '', 'base64'))))
    paths.push(path)
  }
  await page.close()
  return paths
}

/** Runs in the page, so it stands alone. Two seconds of a person who breathes. */
function drawFrames(look: Look): string[] {
  const [width, height, count] = [1280, 720, 40]
  const canvas = document.createElement('canvas')
  Object.assign(canvas, { width, height })
  const pen = canvas.getContext('2d')
  if (!pen) return []
  const shape = (colour: string, draw: () => void) => {
    pen.fillStyle = colour
    pen.beginPath()
    draw()
    pen.fill()
  }
  const oval = (x: number, y: number, rx: number, ry: number) => pen.ellipse(x, y, rx, ry, 0, 0, Math.PI * 2)
  const room = () => {
    const wall = pen.createLinearGradient(0, 0, width, height)
    wall.addColorStop(0, look.wall[0])
    wall.addColorStop(1, look.wall[1])
    pen.fillStyle = wall
    pen.fillRect(0, 0, width, height)
    pen.filter = 'blur(28px)'
    pen.globalAlpha = 0.5
    shape(look.light, () => oval(1060, 190, 120, 150))
    pen.globalAlpha = 0.22
    shape('#000', () => pen.roundRect(60, 90, 250, 700, 20))
    shape(look.light, () => pen.roundRect(90, 160, 60, 110, 6))
    shape(look.clothes, () => pen.roundRect(170, 150, 80, 120, 6))
    shape(look.hair, () => pen.roundRect(100, 330, 130, 100, 6))
    pen.globalAlpha = 1
    pen.filter = 'none'
  }
  const person = (lift: number, lean: number) => {
    pen.save()
    pen.translate(640 + lean, 60 + lift)
    if (look.style === 'long') shape(look.hair, () => pen.roundRect(-150, 90, 300, 420, 140))
    if (look.style === 'bun') shape(look.hair, () => oval(0, 52, 66, 62))
    shape(look.clothes, () => pen.roundRect(-290, 480, 580, 400, 170))
    shape(look.skin, () => pen.roundRect(-58, 330, 116, 200, 50))
    pen.globalAlpha = 0.14
    shape('#000', () => oval(0, 416, 56, 30))
    pen.globalAlpha = 1
    if (look.style === 'curls')
      for (let at = 0; at < 11; at += 1) {
        const angle = Math.PI * (0.9 + at * 0.12)
        shape(look.hair, () => oval(Math.cos(angle) * 130, 215 + Math.sin(angle) * 140, 62, 62))
      }
    else shape(look.hair, () => oval(0, 205, 138, 150))
    shape(look.skin, () => oval(0, 260, 112, 140))
    shape(look.hair, () => {
      pen.moveTo(-116, 235)
      pen.bezierCurveTo(-135, 50, 135, 45, 118, 235)
      pen.bezierCurveTo(70, 190, -20, 195, -60, 170)
      pen.bezierCurveTo(-80, 195, -105, 205, -116, 235)
    })
    for (const side of [-1, 1]) {
      shape('#2a1d18', () => oval(side * 42, 268, 9, 11))
      pen.globalAlpha = 0.18
      shape('#c0392b', () => oval(side * 66, 312, 22, 14))
      pen.globalAlpha = 1
    }
    pen.strokeStyle = '#6d2f2a'
    pen.lineWidth = 7
    pen.lineCap = 'round'
    pen.beginPath()
    pen.arc(0, 312, 40, Math.PI * 0.2, Math.PI * 0.8)
    pen.stroke()
    pen.restore()
  }
  return Array.from({ length: count }, (_, frame) => {
    const turn = (frame / count) * Math.PI * 2
    room()
    person(Math.sin(turn) * 6, Math.cos(turn) * 4)
    return canvas.toDataURL('image/jpeg', 0.92)
  })
}
