import { Bell, BellOff, FlipHorizontal2 } from 'lucide-react'
import { MenuItem } from '#components/ui/Menu.tsx'
import { usePreferences } from './PreferencesContext.tsx'

/** What a person sets once, in More. */
export function PreferenceItems() {
  const [{ sounds, mirror }, change] = usePreferences()
  return (
    <>
      <MenuItem icon={<FlipHorizontal2 />} onSelect={() => change({ mirror: !mirror })}>
        {mirror ? 'Stop mirroring my picture' : 'Mirror my picture'}
      </MenuItem>
      <MenuItem icon={sounds ? <BellOff /> : <Bell />} onSelect={() => change({ sounds: !sounds })}>
        {sounds ? 'Turn off notice sounds' : 'Turn on notice sounds'}
      </MenuItem>
    </>
  )
}
