import { Copy } from 'lucide-react'
import { copyText } from '#components/desk/copyText.ts'
import { Badge } from '#components/ui/Badge.tsx'
import { IconButton } from '#components/ui/IconButton.tsx'
import { showToast } from '#components/ui/showToast.ts'
import type { CheckState, ServerCheck } from '#lib/domain/serverCheck.ts'

const STATES = {
  ok: { tone: 'success', word: 'In order' },
  working: { tone: 'accent', word: 'Under way' },
  warning: { tone: 'warning', word: 'Limited' },
  failed: { tone: 'danger', word: 'Not working' },
  off: { tone: 'neutral', word: 'Not there' },
} as const satisfies Record<CheckState, { tone: string; word: string }>

/** One part of the server: its state in a word, what that means, and lines to copy for who wants it otherwise. */
export function ServerCheckCard({ check: { name, state, summary, facts, advice } }: { check: ServerCheck }) {
  const { tone, word } = STATES[state]
  return (
    <li className="min-w-0 rounded-lg border border-line bg-surface p-5 shadow-1">
      <div className="flex items-center justify-between gap-3">
        <h2 className="text-lg font-semibold text-ink">{name}</h2>
        <Badge tone={tone}>{word}</Badge>
      </div>
      <p className="mt-2 text-sm text-ink-soft">{summary}</p>
      {facts.length > 0 && (
        <ul className="mt-3 space-y-1 text-sm text-ink">
          {facts.map((fact) => (
            <li key={fact} className="wrap-anywhere tabular-nums">
              {fact}
            </li>
          ))}
        </ul>
      )}
      {advice.map((line) => (
        <div key={line} className="mt-3 flex items-start gap-2 rounded-md bg-sunken py-1.5 pr-1.5 pl-3">
          <code className="min-w-0 flex-1 self-center text-xs wrap-anywhere text-ink">{line}</code>
          <IconButton label={`Copy: ${line}`} size="sm" onClick={() => void copy(line)}>
            <Copy aria-hidden className="size-4" />
          </IconButton>
        </div>
      ))}
    </li>
  )
}

async function copy(line: string): Promise<void> {
  const copied = await copyText(line)
  showToast(copied ? 'Copied.' : 'Copying is not possible here.', { tone: copied ? 'success' : 'danger' })
}
