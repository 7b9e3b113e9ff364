import type { RecorderLike } from '#lib/call/recording/ports.ts'

/** A MediaRecorder whose chunks come when a test says so; events as the specification orders them. */
export class FakeRecorder extends EventTarget implements RecorderLike {
  state: RecordingState = 'inactive'
  timeslice: number | undefined
  /** Bytes recorded since the last chunk. */
  pending = 'the end'

  start(timeslice?: number): void {
    this.timeslice = timeslice
    this.state = 'recording'
    queueMicrotask(() => this.dispatchEvent(new Event('start')))
  }

  stop(): void {
    this.state = 'inactive'
    queueMicrotask(() => {
      this.give(this.pending)
      this.dispatchEvent(new Event('stop'))
    })
  }

  give(text: string): void {
    this.dispatchEvent(Object.assign(new Event('dataavailable'), { data: new Blob([text]) }))
  }

  fail(): void {
    this.dispatchEvent(new Event('error'))
  }
}
type RecordingState = RecorderLike['state']
