import { writeFileSync } from 'node:fs'
import path from 'node:path'
import { describeWithFfmpeg } from '../../support/describeWithFfmpeg.ts'
import { fetchBytes, recordFilm } from '../../support/recordingApi.ts'
import { recordingSuite } from '../../support/recordingSuite.ts'
import { judge, makeWebm } from '../../support/webm.ts'

describeWithFfmpeg('clips', () => {
  const suite = recordingSuite({ RECORDINGS_MIN_FREE_GB: '0' })

  test('[REC-54][REC-96] POST cuts one that is played at once, and the trail has who and what', async () => {
    const film = await recordFilm(suite.recorded, suite.data.prisma, await makeWebm({ seconds: 8 }))
    const { id, owner } = film
    const cut = await suite.ask(`/api/recordings/${id}/clips`, owner, {
      body: { fromMs: 2500, toMs: 5000 },
    })
    expect(cut.status).toBe(200)
    const { clip } = cut.json() as unknown as { clip: { fileId: string; fromMs: number; toMs: number } }
    expect(Math.abs(clip.fromMs - 2000)).toBeLessThan(50)

    const { status, headers, bytes } = await fetchBytes(
      suite.api,
      `/api/recordings/${id}/files/${clip.fileId}`,
      owner,
    )
    expect([status, headers['content-type']]).toEqual([200, 'video/webm'])
    const place = path.join(suite.folder, 'clip.webm')
    writeFileSync(place, bytes)
    const judged = await judge(place)
    expect(Math.abs(judged.seconds - (clip.toMs - clip.fromMs) / 1000)).toBeLessThan(0.2)
    expect(judged).toMatchObject({ video: { codec: 'vp8' }, audio: { codec: 'opus' }, errors: '' })

    const trail = await suite.data.prisma.auditEvent.findMany({
      where: { targetId: id, action: 'recording.clipped' },
      select: { actorId: true, address: true, details: true },
    })
    expect(trail).toEqual([
      {
        actorId: owner.user.id,
        address: '127.0.0.1',
        details: { fileId: clip.fileId, fromMs: clip.fromMs, toMs: clip.toMs },
      },
    ])
  })
})
