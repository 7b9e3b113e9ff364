'use client'
import { Check, Copy } from 'lucide-react'
import { useState } from 'react'
import { copyText } from '#components/desk/copyText.ts'
import { Button } from '#components/ui/Button.tsx'
import { TextField } from '#components/ui/TextField.tsx'

type NewLinkProps = { secret: string; label: string; onAnother(): void }

/** A link just made. The server keeps no copy of it that it could show again. */
export function NewLink({ secret, label, onAnother }: NewLinkProps) {
  const [copied, setCopied] = useState(false)
  const link = `${window.location.origin}/r/${secret}`
  return (
    <div className="flex flex-col gap-3">
      <div className="flex items-end gap-2">
        <TextField
          label={`Link for ${label}`}
          readOnly
          value={link}
          autoFocus
          onFocus={(event) => event.currentTarget.select()}
          fieldClassName="flex-1"
        />
        <Button variant="primary" className="h-11" onClick={() => void copyText(link).then(setCopied)}>
          {copied ? <Check aria-hidden className="size-4" /> : <Copy aria-hidden className="size-4" />}
          {copied ? 'Copied' : 'Copy'}
        </Button>
      </div>
      <p role="status" className="text-sm text-ink-soft">
        Copy it now: it is not shown again. A lost one is revoked and made anew.
      </p>
      <Button size="sm" variant="ghost" className="self-start" onClick={onAnother}>
        Create another link
      </Button>
    </div>
  )
}
