import { z } from 'zod'

export const recordingParams = z.strictObject({ id: z.uuid() })
export const shareParams = z.strictObject({ id: z.uuid(), shareId: z.uuid() })
export const chapterParams = z.strictObject({ id: z.uuid(), chapterId: z.uuid() })
export const clipParams = z.strictObject({ id: z.uuid(), clipId: z.uuid() })
export const sharedParams = z.strictObject({ shareId: z.uuid() })
