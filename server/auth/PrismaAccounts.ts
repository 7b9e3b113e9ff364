import { Prisma, type PrismaClient } from '@prisma/client'
import { AppError } from '#lib/errors.ts'
import { audit } from './PrismaAudit.ts'

/** Serialises what decides who is an admin: the first account, and the last one (K53). Any fixed number. */
export const ADMIN_LOCK = 7_225_100

const SIGN_IN = { id: true, name: true, email: true, passwordHash: true, disabledAt: true } as const

export type NewAccount = {
  readonly email: string
  readonly name: string
  readonly passwordHash: string
  readonly address: string
}

export type SignUpTerms = {
  /** Whether strangers may make accounts. The first account is always possible. */
  readonly open: boolean
  /** Whether this request may make the first account, the admin. */
  readonly mayBeFirst: boolean
}

/** Accounts as sign-up and sign-in need them. A password's hash never leaves server/auth (PR-3). */
export function createAccounts(prisma: PrismaClient) {
  return {
    /** What sign-in compares with. `email` is normalised. */
    findForSignIn: (email: string) => prisma.user.findUnique({ where: { email }, select: SIGN_IN }),

    async passwordHash(userId: string): Promise<string | null> {
      const user = await prisma.user.findUnique({ where: { id: userId }, select: { passwordHash: true } })
      return user?.passwordHash ?? null
    },

    async setPasswordHash(userId: string, passwordHash: string): Promise<void> {
      await prisma.user.update({ where: { id: userId }, data: { passwordHash }, select: { id: true } })
    },

    async isEmpty(): Promise<boolean> {
      return (await prisma.user.findFirst({ select: { id: true } })) === null
    },

    /**
     * Makes an account. For an e-mail that has one, does nothing and says nothing (AU-5, K32).
     * @throws AppError forbidden when the terms do not allow it
     */
    async signUp(account: NewAccount, terms: SignUpTerms): Promise<void> {
      try {
        await prisma.$transaction((transaction) => signUp(transaction, account, terms))
      } catch (error) {
        if (error instanceof Prisma.PrismaClientKnownRequestError && error.code === 'P2002') return
        throw error
      }
    },
  }
}

export type Accounts = ReturnType<typeof createAccounts>

async function signUp(transaction: Prisma.TransactionClient, account: NewAccount, terms: SignUpTerms) {
  const { address, ...data } = account
  // Race: two first accounts at once would both find the table empty, and both become admin.
  await transaction.$executeRaw`SELECT pg_advisory_xact_lock(${ADMIN_LOCK})`
  const first = (await transaction.user.findFirst({ select: { id: true } })) === null
  if (first && !terms.mayBeFirst) {
    throw new AppError(
      'forbidden',
      'The first account needs the setup code. The server printed it in its log.',
    )
  }
  if (!first && !terms.open) throw new AppError('forbidden', 'Sign-up is closed on this server.')
  const known = await transaction.user.findUnique({ where: { email: data.email }, select: { id: true } })
  if (known) {
    await audit(transaction, { action: 'user.signUpRefused', actorId: null, targetId: known.id, address })
    return
  }
  const { id } = await transaction.user.create({ data: { ...data, admin: first }, select: { id: true } })
  await audit(transaction, {
    action: 'user.signedUp',
    actorId: id,
    targetId: id,
    address,
    details: { admin: first },
  })
}
