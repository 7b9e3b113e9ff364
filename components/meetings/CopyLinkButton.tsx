'use client'
import { Check, Link2 } from 'lucide-react'
import { useEffect, useState } from 'react'
import { copyText } from '#components/desk/copyText.ts'
import { Button } from '#components/ui/Button.tsx'
import { Dialog } from '#components/ui/Dialog.tsx'
import { showToast } from '#components/ui/showToast.ts'
import { TextField } from '#components/ui/TextField.tsx'

const CONFIRMED_MS = 2000

/** Copies a meeting's link; where the browser does not let us, shows it to be copied by hand. */
export function CopyLinkButton({ code }: { code: string }) {
  const [copied, setCopied] = useState(false)
  const [byHand, setByHand] = useState<string | null>(null)
  useEffect(() => {
    if (!copied) return
    const timer = setTimeout(() => setCopied(false), CONFIRMED_MS)
    return () => clearTimeout(timer)
  }, [copied])

  const copy = async (): Promise<void> => {
    const link = `${window.location.origin}/m/${code}`
    if (!(await copyText(link))) return setByHand(link)
    setCopied(true)
    showToast('Link copied. Send it to whoever should come.', { tone: 'success', durationMs: 2500 })
  }
  return (
    <>
      <Button size="sm" onClick={() => void copy()}>
        {copied ? <Check aria-hidden className="size-4" /> : <Link2 aria-hidden className="size-4" />}
        Copy link
      </Button>
      <Dialog
        open={byHand !== null}
        onOpenChange={(open) => !open && setByHand(null)}
        title="Copy this link"
        description="Your browser does not let this page use the clipboard."
      >
        <TextField
          label="Link"
          readOnly
          value={byHand ?? ''}
          onFocus={(event) => event.currentTarget.select()}
        />
      </Dialog>
    </>
  )
}
