import { errorResponse } from '#server/http/errorResponse.ts'
import { readText } from '#server/http/readJson.ts'
import { sfuService } from '#server/sfu/sfuService.ts'

export const dynamic = 'force-dynamic'

/** LiveKit tells what happens in its rooms. Signed over the body (ME-8): who asks is proved by that alone. */
export async function POST(request: Request): Promise<Response> {
  try {
    const body = await readText(request)
    const authorization = request.headers.get('authorization') ?? undefined
    const genuine = await sfuService()?.receiveWebhook(body, authorization)
    return new Response(null, { status: genuine ? 204 : 401, headers: { 'Cache-Control': 'no-store' } })
  } catch (error) {
    return errorResponse(error)
  }
}
