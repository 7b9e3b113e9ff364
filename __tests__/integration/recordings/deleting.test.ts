import { fileKey } from '#server/recordings/RecordingStorage.ts'
import { recordingSuite } from '../../support/recordingSuite.ts'
import { seedRecording } from '../../support/seedRecording.ts'
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
})
