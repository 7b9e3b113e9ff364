import { fileKey } from '#server/recordings/RecordingStorage.ts'
import { recordingSuite } from '../../support/recordingSuite.ts'
import { type SeedFile, seedRecording } from '../../support/seedRecording.ts'
import { signedInUser } from '../../support/session.ts'

const suite = recordingSuite()

describe('deleting', () => {
  it('[REC-91] [REC-96] takes bytes, links and row, is in the trail, and nobody finds it again', async () => {
    const owner = await signedInUser(suite.data.prisma)
    const { cookie } = owner
    const { id, files } = await seedRecording(suite.data.prisma, suite.storage, owner.user.id, {
      files: [{ kind: 'webm', mimeType: 'video/webm', content: Buffer.from('film') }],
    })
    const key = fileKey(id, files[0]?.id ?? '')
    const made = await suite.api.ask(`/api/recordings/${id}/shares`, { cookie, body: { label: 'Board' } })
    const { secret } = made.json() as unknown as { secret: string }
    expect(await suite.storage.size(key)).toBe(4)

    expect((await suite.api.ask(`/api/recordings/${id}`, { cookie, method: 'DELETE' })).status).toBe(200)
    expect(await suite.storage.size(key)).toBeNull()
    expect(await suite.data.prisma.recording.count({ where: { id } })).toBe(0)
    expect(await suite.data.prisma.recordingShare.count({ where: { recordingId: id } })).toBe(0)
    expect((await suite.api.ask(`/api/recordings/${id}`, { cookie })).status).toBe(404)
    expect((await suite.api.ask('/api/shared', { body: { secret } })).status).toBe(404)
    const trail = await suite.data.prisma.auditEvent.findMany({
      where: { targetId: id, action: 'recording.deleted' },
      take: 5,
      select: { actorId: true },
    })
    expect(trail).toEqual([{ actorId: owner.user.id }])
    expect((await suite.api.ask(`/api/recordings/${id}`, { cookie, method: 'DELETE' })).status).toBe(404)
  })

  it('[REC-107] [REC-96] a clip goes alone, with its bytes; nothing else of a recording can be deleted so', async () => {
    const owner = await signedInUser(suite.data.prisma)
    const { cookie } = owner
    const film = { mimeType: 'video/webm', content: Buffer.from('film') }
    const seeded = (files: readonly SeedFile[]) =>
      seedRecording(suite.data.prisma, suite.storage, owner.user.id, { files })
    const { id, files } = await seeded([
      { ...film, kind: 'webm' },
      { ...film, kind: 'clip', content: Buffer.from('clip!') },
    ])
    const other = await seeded([{ ...film, kind: 'clip' }])
    const remove = async (recording: string, file: string | undefined): Promise<number> => {
      const path = `/api/recordings/${recording}/clips/${file}`
      return (await suite.api.ask(path, { cookie, method: 'DELETE' })).status
    }
    const [whole, clip] = files.map((file) => file.id)
    expect(await remove(id, whole)).toBe(404)
    expect(await remove(id, other.files[0]?.id)).toBe(404)
    expect(await remove(id, 'x')).toBe(400)
    expect(await suite.storage.size(fileKey(id, clip ?? ''))).toBe(5)

    const stranger = await signedInUser(suite.data.prisma)
    const foreign = { cookie: stranger.cookie, method: 'DELETE' } as const
    expect((await suite.api.ask(`/api/recordings/${id}/clips/${clip}`, foreign)).status).toBe(404)
    expect(await suite.storage.size(fileKey(id, clip ?? ''))).toBe(5)

    expect(await remove(id, clip)).toBe(200)
    expect(await suite.storage.size(fileKey(id, clip ?? ''))).toBeNull()
    expect((await suite.api.ask(`/api/recordings/${id}/files/${clip}`, { cookie })).status).toBe(404)
    expect(await remove(id, clip)).toBe(404)
    const left = await suite.data.prisma.recording.findUniqueOrThrow({
      where: { id },
      select: { bytes: true, files: { select: { id: true } } },
    })
    expect(left).toEqual({ bytes: 4n, files: [{ id: whole }] })
    const trail = await suite.data.prisma.auditEvent.findMany({
      where: { targetId: id, action: 'recording.clipDeleted' },
      select: { actorId: true, details: true },
    })
    expect(trail).toEqual([{ actorId: owner.user.id, details: { fileId: clip } }])
  })
})
