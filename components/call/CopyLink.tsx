import { Check, Copy } from 'lucide-react'
import { useState } from 'react'
import { Button } from '#components/ui/Button.tsx'
import { showToast } from '#components/ui/showToast.ts'

/** Copies the meeting's link and says so in place. */
export function CopyLink({ link, wide = false }: { link: string; wide?: boolean }) {
  const [copied, setCopied] = useState(false)
  const copy = async (): Promise<void> => {
    try {
      await navigator.clipboard.writeText(link)
      setCopied(true)
    } catch {
      showToast(`Copying is not allowed here. The link: ${link}`, { durationMs: 10_000 })
    }
  }
  const Icon = copied ? Check : Copy
  return (
    <Button
      variant="stage"
      size={wide ? 'md' : 'sm'}
      className={wide ? 'w-full' : undefined}
      onClick={() => void copy()}
    >
      <Icon aria-hidden className="size-4" />
      <span aria-live="polite">{copied ? 'Link copied' : 'Copy link'}</span>
    </Button>
  )
}
