'use client'
import { Check } from 'lucide-react'
import * as Radix from 'radix-ui/dropdown-menu'
import type { ReactNode } from 'react'
import { joinClasses } from './joinClasses.ts'
import { usePortalContainer } from './usePortalContainer.ts'

type MenuProps = {
  /** One button (it is given the menu's state). */
  trigger: ReactNode
  children: ReactNode
  align?: 'start' | 'center' | 'end'
  side?: 'top' | 'bottom'
  open?: boolean
  onOpenChange?(open: boolean): void
}

const ITEM =
  'relative flex min-h-9 cursor-default items-center gap-2.5 rounded-sm px-2.5 py-1.5 text-sm outline-none select-none ' +
  'touch:min-h-11 data-[disabled]:opacity-45 data-[highlighted]:bg-sunken'

/** A menu below (or above) its button. Not modal: the page behind keeps its scroll bar, nothing shifts. */
export function Menu({ trigger, children, align = 'end', side = 'bottom', ...state }: MenuProps) {
  const container = usePortalContainer()
  return (
    <Radix.Root modal={false} {...state}>
      <Radix.Trigger asChild>{trigger}</Radix.Trigger>
      <Radix.Portal container={container}>
        <Radix.Content
          align={align}
          side={side}
          sideOffset={6}
          collisionPadding={8}
          className="z-50 max-h-(--radix-dropdown-menu-content-available-height) max-w-[calc(100vw-1rem)] min-w-52 origin-(--radix-dropdown-menu-content-transform-origin) animate-pop-in overflow-y-auto rounded-lg border border-line bg-raised p-1 text-ink shadow-3"
        >
          {children}
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  )
}

type MenuItemProps = {
  children: ReactNode
  icon?: ReactNode
  /** Shown at the end of the line, such as a shortcut. */
  trailing?: ReactNode
  tone?: 'danger'
  disabled?: boolean
  onSelect?(event: Event): void
  /** The one child is a link that becomes the item. */
  asChild?: boolean
}

export function MenuItem({ children, icon, trailing, tone, disabled, onSelect, asChild }: MenuItemProps) {
  const className = joinClasses(ITEM, tone === 'danger' ? 'text-danger-ink' : 'text-ink')
  const props = { className, disabled, onSelect }
  if (asChild) {
    return (
      <Radix.Item {...props} asChild>
        {children}
      </Radix.Item>
    )
  }
  return (
    <Radix.Item {...props}>
      {icon && <span className="inline-flex size-4 shrink-0 text-ink-soft [&>svg]:size-4">{icon}</span>}
      <span className="min-w-0 flex-1">{children}</span>
      {trailing && <span className="text-xs text-ink-faint">{trailing}</span>}
    </Radix.Item>
  )
}

type MenuChoicesProps<Value extends string> = {
  label: string
  value: Value
  onChange(value: Value): void
  choices: ReadonlyArray<{ readonly value: Value; readonly label: string }>
}

/** One of several, such as a microphone. */
export function MenuChoices<Value extends string>({
  label,
  value,
  onChange,
  choices,
}: MenuChoicesProps<Value>) {
  const choose = (next: string): void => {
    const chosen = choices.find((choice) => choice.value === next)
    if (chosen) onChange(chosen.value)
  }
  return (
    <Radix.Group>
      <MenuLabel>{label}</MenuLabel>
      <Radix.RadioGroup value={value} onValueChange={choose} aria-label={label}>
        {choices.map((choice) => (
          <Radix.RadioItem key={choice.value} value={choice.value} className={joinClasses(ITEM, 'pl-8')}>
            <Radix.ItemIndicator className="absolute left-2.5">
              <Check aria-hidden className="size-4 text-accent-ink" />
            </Radix.ItemIndicator>
            <span className="truncate">{choice.label}</span>
          </Radix.RadioItem>
        ))}
      </Radix.RadioGroup>
    </Radix.Group>
  )
}

export function MenuLabel({ children }: { children: ReactNode }) {
  return <Radix.Label className="px-2.5 pt-2 pb-1 text-xs font-medium text-ink-soft">{children}</Radix.Label>
}

export function MenuSeparator() {
  return <Radix.Separator className="mx-1 my-1 h-px bg-line" />
}
