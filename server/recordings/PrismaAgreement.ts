import type { Prisma, PrismaClient } from '@prisma/client'

/** More than a meeting has seats; who is beyond is not told of. */
const MOST_ANSWERS = 2_000

/** The columns that say of whom a recording tells. */
export const AGREEMENT_COLUMNS = {
  consentAsked: true,
  consents: { where: { given: true }, take: MOST_ANSWERS, select: { visitId: true } },
} as const

export type AgreementRow = {
  readonly consentAsked: boolean
  readonly consents: readonly { readonly visitId: string }[]
}

/** Those of whom alone a recording tells: who was asked and has agreed (REC-65). Null: nobody was asked, it tells of all. */
export type Agreed = ReadonlySet<string> | null

export const agreedOf = ({ consentAsked, consents }: AgreementRow): Agreed =>
  consentAsked ? new Set(consents.map(({ visitId }) => visitId)) : null

export const isAgreed = (agreed: Agreed, visitId: string | null): boolean =>
  agreed === null || (visitId !== null && agreed.has(visitId))

/** What is nobody's, as a chapter, is told as well. */
export const isToldOf = (agreed: Agreed, visitId: string | null): boolean =>
  visitId === null || isAgreed(agreed, visitId)

/** The same, for a query: recordings that tell of somebody of this name. */
export const tellsOf = (name: Prisma.StringFilter): Prisma.RecordingWhereInput => ({
  OR: [
    { consentAsked: false, conference: { visits: { some: { name, role: { not: 'RECORDER' } } } } },
    { consentAsked: true, consents: { some: { name, given: true } } },
  ],
})

/** The same of one person, for what is theirs alone. */
export async function hasAgreed(
  prisma: PrismaClient,
  recordingId: string,
  visitId: string,
): Promise<boolean> {
  const where = { recordingId, visitId, given: true }
  return (await prisma.recordingConsent.findFirst({ where, select: { visitId: true } })) !== null
}
