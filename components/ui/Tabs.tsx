'use client'
import * as Radix from 'radix-ui/tabs'
import type { ReactNode } from 'react'
import { joinClasses } from './joinClasses.ts'

type TabsProps<Value extends string> = {
  /** What the tabs are about: their accessible name. */
  label: string
  value: Value
  onChange(value: Value): void
  tabs: ReadonlyArray<{ readonly value: Value; readonly label: string; readonly content: ReactNode }>
  className?: string
}

/** Some things in one place, one seen at a time. Arrows go from tab to tab. */
export function Tabs<Value extends string>({ label, value, onChange, tabs, className }: TabsProps<Value>) {
  const choose = (next: string): void => {
    const chosen = tabs.find((tab) => tab.value === next)
    if (chosen) onChange(chosen.value)
  }
  return (
    <Radix.Root value={value} onValueChange={choose} className={joinClasses('flex flex-col', className)}>
      <Radix.List aria-label={label} className="flex shrink-0 gap-1 rounded-md bg-sunken p-1">
        {tabs.map((tab) => (
          <Radix.Trigger
            key={tab.value}
            value={tab.value}
            className={joinClasses(
              'focus-ring h-8 flex-1 rounded-sm px-3 text-sm font-medium text-ink-soft transition-colors',
              'hover:text-ink data-[state=active]:bg-raised data-[state=active]:text-ink data-[state=active]:shadow-1 touch:h-11',
            )}
          >
            {tab.label}
          </Radix.Trigger>
        ))}
      </Radix.List>
      {tabs.map((tab) => (
        <Radix.Content
          key={tab.value}
          value={tab.value}
          className="focus-ring mt-3 flex min-h-0 flex-1 flex-col rounded-md"
        >
          {tab.content}
        </Radix.Content>
      ))}
    </Radix.Root>
  )
}
