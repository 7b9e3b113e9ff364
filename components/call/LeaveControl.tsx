import { LogOut, PhoneOff, Users } from 'lucide-react'
import { IconButton } from '#components/ui/IconButton.tsx'
import { Menu, MenuItem } from '#components/ui/Menu.tsx'
import { BarButton } from './BarButton.tsx'
import { useCall } from './CallContext.tsx'

const SHAPE = 'w-14 rounded-full max-sm:h-11 max-sm:w-13'

/** Last and red. One press leaves; a host is asked whether the others may go on. */
export function LeaveControl({ isHost }: { isHost: boolean }) {
  const call = useCall()
  if (!isHost) {
    return (
      <BarButton label="Leave call" tone="off" className={SHAPE} onClick={() => void call.leave()}>
        <PhoneOff aria-hidden className="size-5" />
      </BarButton>
    )
  }
  return (
    <Menu
      side="top"
      align="end"
      trigger={
        <IconButton label="Leave call" variant="stageDanger" size="lg" className={SHAPE}>
          <PhoneOff aria-hidden className="size-5" />
        </IconButton>
      }
    >
      <MenuItem icon={<LogOut />} onSelect={() => void call.leave()}>
        Leave
      </MenuItem>
      <MenuItem icon={<Users />} tone="danger" onSelect={() => void call.endForEveryone()}>
        End for everyone
      </MenuItem>
    </Menu>
  )
}
