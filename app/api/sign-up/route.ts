import { z } from 'zod'
import { emailAddress } from '#lib/domain/email.ts'
import { MAX_PASSWORD_LENGTH } from '#lib/domain/passwordPolicy.ts'
import { personName } from '#lib/protocol/events.ts'
import { signUp, signUpTerms } from '#server/auth/signUp.ts'
import { isLocal } from '#server/http/internalHeaders.ts'
import { route } from '#server/http/route.ts'

const body = z.strictObject({
  name: personName,
  email: emailAddress,
  password: z.string().max(MAX_PASSWORD_LENGTH * 4),
  setupCode: z.string().max(200).optional(),
})

export const GET = route({ access: 'public' }, async ({ request }) => signUpTerms(isLocal(request.headers)))

/** The same answer whether the e-mail had an account or not (AU-5). */
export const POST = route(
  { access: 'public', body, limit: 'sign-up' },
  async ({ body, address, request }) => {
    await signUp({ ...body, address, local: isLocal(request.headers) })
    return {}
  },
)
