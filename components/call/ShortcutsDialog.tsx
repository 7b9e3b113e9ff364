import { Dialog } from '#components/ui/Dialog.tsx'
import { Switch } from '#components/ui/Switch.tsx'
import { usePreferences } from './PreferencesContext.tsx'
import { keysOf, SHORTCUTS } from './shortcuts.ts'

type ShortcutsDialogProps = { open: boolean; onOpenChange(open: boolean): void; mac: boolean }

export function ShortcutsDialog({ open, onOpenChange, mac }: ShortcutsDialogProps) {
  const [{ shortcuts }, change] = usePreferences()
  return (
    <Dialog open={open} onOpenChange={onOpenChange} title="Keyboard shortcuts" size="md">
      <Switch
        label="Use keyboard shortcuts"
        hint="They are ignored while you write or when a button has the focus."
        checked={shortcuts}
        onChange={(event) => change({ shortcuts: event.target.checked })}
      />
      <dl className="mt-4 divide-y divide-line text-sm">
        {SHORTCUTS.map(({ action, label }) => (
          <Line key={action} label={label} keys={keysOf(action, mac)} />
        ))}
        <Line label="Go to a person (0 is you)" keys={['1 … 9', '0']} />
      </dl>
    </Dialog>
  )
}

function Line({ label, keys }: { label: string; keys: readonly string[] }) {
  return (
    <div className="flex min-h-10 items-center justify-between gap-4 py-1.5">
      <dt>{label}</dt>
      <dd className="flex shrink-0 gap-1.5">
        {keys.map((key) => (
          <kbd
            key={key}
            className="rounded-sm border border-line bg-sunken px-2 py-0.5 font-sans text-xs text-ink-soft"
          >
            {key}
          </kbd>
        ))}
      </dd>
    </div>
  )
}
