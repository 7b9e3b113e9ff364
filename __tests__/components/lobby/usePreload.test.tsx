import { renderHook } from '@testing-library/react'
import { usePreload } from '#components/lobby/usePreload.ts'

beforeEach(() => jest.useFakeTimers())
afterEach(() => jest.useRealTimers())

function preload() {
  const load = jest.fn(async () => undefined)
  return { load, ...renderHook(() => usePreload(load)) }
}

test('[UI-31] who looks in and goes loads nothing', () => {
  const { load, unmount } = preload()
  jest.advanceTimersByTime(2_000)
  unmount()
  jest.advanceTimersByTime(60_000)
  expect(load).not.toHaveBeenCalled()
})

test('[UI-31] who stays is taken for somebody who will join', () => {
  const { load } = preload()
  jest.advanceTimersByTime(3_000)
  expect(load).toHaveBeenCalledTimes(1)
})

test('[UI-31] a hand that rests on the form is a sign, and one that presses at once loads once the request is out', () => {
  const { load, result } = preload()
  result.current.onIntent()
  expect(load).not.toHaveBeenCalled()
  result.current.onJoin()
  expect(load).not.toHaveBeenCalled()
  jest.advanceTimersByTime(50)
  expect(load).toHaveBeenCalledTimes(1)
  jest.advanceTimersByTime(500)
  expect(load).toHaveBeenCalledTimes(1)
})

test('[UI-31] who presses just before they would be taken for a stayer is not held up by it', () => {
  const { load, result } = preload()
  jest.advanceTimersByTime(2_490)
  result.current.onJoin()
  jest.advanceTimersByTime(49)
  expect(load).not.toHaveBeenCalled()
  jest.advanceTimersByTime(1)
  expect(load).toHaveBeenCalledTimes(1)
})
