import { useEffect, useRef } from 'react'
import { showToast } from '#components/ui/showToast.ts'
import type { CallHandle } from '#lib/call/CallHandle.ts'
import type { CallNotice } from '#lib/call/callState.ts'
import { useAnnouncements } from './Announcer.tsx'
import { noticeText } from './noticeText.ts'
import { playTone, type ToneName } from './tones.ts'

/** In a room larger than this nobody wants to hear each coming and going. */
const QUIET_ABOVE_PEOPLE = 5
const TOASTS = { info: 'neutral', warning: 'neutral', error: 'danger' } as const

/** The sound of a notice, or null. */
export function toneOf(notice: CallNotice, people: number): ToneName | null {
  switch (notice.type) {
    case 'joined':
    case 'left':
      return people > QUIET_ABOVE_PEOPLE ? null : notice.type
    case 'waiting':
      return 'waiting'
    case 'handRaised':
      return 'hand'
    case 'message':
      return 'message'
    default:
      return null
  }
}

type Surroundings = {
  readonly people: number
  readonly sounds: boolean
  readonly chatOpen: boolean
  readonly speaker: string | null
}

/** Passing news as toasts, live regions and short sounds. What stays on the screen by itself makes no toast. */
export function useNotices(call: CallHandle, surroundings: Surroundings): void {
  const now = useRef(surroundings)
  useEffect(() => {
    now.current = surroundings
  })
  const announcements = useAnnouncements()
  useEffect(
    () =>
      call.onNotice((notice) => {
        const { people, sounds, chatOpen, speaker } = now.current
        // The open chat shows and reads its messages itself.
        if (notice.type === 'message' && chatOpen) return
        const tone = toneOf(notice, people)
        if (sounds && tone) void playTone(tone, speaker)
        if (notice.type === 'reaction') announcements.say(`${notice.name} reacts with ${notice.emoji}`)
        // Who waits stands in a line of its own, with its buttons (StatusLines).
        const words = notice.type === 'waiting' ? null : noticeText(notice)
        if (words) showToast(words.text, { tone: TOASTS[words.tone], durationMs: words.durationMs })
      }),
    [call, announcements],
  )
}
