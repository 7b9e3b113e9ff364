import { ArrowLeftRight, Server, Split, WifiOff } from 'lucide-react'
import { Tooltip } from '#components/ui/Tooltip.tsx'
import type { Path, Quality } from '#lib/call/ports.ts'
import { PATH_WORDS, QUALITY_WORDS } from './pathWords.ts'

const ICONS = { direct: ArrowLeftRight, relayed: Split, server: Server } as const

/** How this person's media reaches us. While there is no connection the tile itself says so. */
export function PathBadge({ path, quality }: { path: Path; quality: Quality }) {
  if (path === 'connecting' || path === 'lost') return null
  const weak = QUALITY_WORDS[quality]
  const Icon = weak ? WifiOff : ICONS[path]
  const words = weak ? `${weak}. ${PATH_WORDS[path].long}` : PATH_WORDS[path].long
  return (
    <Tooltip content={<span className="max-w-64 whitespace-normal">{words}</span>}>
      <span className="pointer-events-auto inline-flex">
        <Icon aria-hidden className={weak ? 'size-3.5 text-stage-warning' : 'size-3.5 text-stage-ink-soft'} />
        <span className="sr-only">{weak ?? PATH_WORDS[path].short}</span>
      </span>
    </Tooltip>
  )
}
