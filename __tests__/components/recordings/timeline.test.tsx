import { act, fireEvent, render, screen } from '@testing-library/react'
import { PlayerControl } from '#components/recordings/player/PlayerControl.ts'
import { Timeline } from '#components/recordings/Timeline.tsx'
import { chaptersOf } from '#lib/domain/recordingTimeline.ts'
import { RECORDING } from '../../support/recordingFixtures.ts'
import { installStageDom } from '../../support/stageDom.tsx'

installStageDom()

function shown() {
  const control = new PlayerControl(600_000)
  const chapters = chaptersOf(RECORDING.events)
  const drawn = jest.spyOn(chapters as unknown[], 'map')
  const seek = jest.spyOn(control, 'seek')
  const { container } = render(
    <Timeline control={control} events={RECORDING.events} chapters={chapters} clip={null} />,
  )
  const flag = container.querySelector('[title="Budget · 5:00"]')
  if (!flag) throw new Error('no chapter')
  return { control, container, drawn, seek, flag }
}
const at = (control: PlayerControl, state: { timeMs?: number; lengthMs?: number }) =>
  act(() => control.state.update((before) => ({ ...before, ...state })))

it('[REC-155] a click goes there, a finger that scrolls over it does not', () => {
  const { seek, flag } = shown()
  fireEvent.pointerDown(flag, { clientX: 320, pointerType: 'touch' })
  fireEvent.pointerCancel(flag, { pointerType: 'touch' })
  expect(seek).not.toHaveBeenCalled()
  fireEvent.click(flag, { clientX: 320 })
  expect(seek.mock.calls).toEqual([[150_000]])
})

it('[REC-155] while the film plays only the playhead follows', () => {
  const { control, container, drawn } = shown()
  const before = drawn.mock.calls.length
  at(control, { timeMs: 60_000 })
  at(control, { timeMs: 300_000 })
  expect(container.querySelector<HTMLElement>('[style*="left: 50%"].bg-ink')).not.toBeNull()
  expect(drawn.mock.calls.length).toBe(before)
  at(control, { lengthMs: 500_000 })
  expect(drawn.mock.calls.length).toBeGreaterThan(before)
})

it('[REC-155] a lane’s button is as high as a finger needs, and its lane with it', () => {
  const { container } = shown()
  const button = screen.getByRole('button', { name: /^Ada/ })
  expect(button.className).toContain('touch:h-11')
  expect(container.querySelectorAll('div[aria-hidden].touch\\:h-11')).toHaveLength(2)
})
