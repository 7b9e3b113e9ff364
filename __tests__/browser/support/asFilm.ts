import { BufferSource, BufferTarget, Input, WEBM } from 'mediabunny'
import { groupParts, joinParts } from '#lib/media/joinParts.ts'

const DEPS = {
  check: () => undefined,
  nextTurn: async () => undefined,
  isLoss: () => false,
  onLoss: () => undefined,
}

/** The film that is made of what one MediaRecorder gave. @param recorded a WebM @returns another */
export async function asFilm(recorded: Uint8Array): Promise<Uint8Array> {
  const open = () => new Input({ source: new BufferSource(recorded), formats: [WEBM] })
  const [group] = await groupParts(DEPS, [{ id: 'a', offset: 0, chunks: 1, bytes: recorded.length, open }])
  if (group === undefined) throw new Error('nothing was recorded')
  const target = new BufferTarget()
  await joinParts(DEPS, group, { container: 'webm', audioOnly: false }, target)
  if (target.buffer === null) throw new Error('no film was made')
  return new Uint8Array(target.buffer)
}
