import { AppError, isAppError } from '#lib/errors.ts'

/** What a query fails with is an AppError: one of ours as it is, everything else the database that is away. */
export async function answered<Value>(work: () => Promise<Value>): Promise<Value> {
  try {
    return await work()
  } catch (error) {
    throw isAppError(error) ? error : AppError.unavailable(error)
  }
}
