import { z } from 'zod'
import { MAX_PASSWORD_LENGTH } from '#lib/domain/passwordPolicy.ts'

/** May be left out: the password is only needed some time after signing in. */
export const reauthBody = z
  .strictObject({
    password: z
      .string()
      .max(MAX_PASSWORD_LENGTH * 4)
      .optional(),
  })
  .optional()
