import { authDeps } from '#server/auth/auth.ts'
import { handleAuth } from '#server/auth/handleAuth.ts'

type Segment = { params: Promise<{ nextauth: string[] }> }

async function handle(request: Request, { params }: Segment): Promise<Response> {
  return handleAuth(authDeps(), request, (await params).nextauth)
}

export { handle as GET, handle as POST }
