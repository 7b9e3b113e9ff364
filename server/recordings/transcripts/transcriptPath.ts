const PATH = /^\/api\/recordings\/[0-9a-f-]{36}\/transcript$/

/** Whether a request may have a body of MAX_TRANSCRIPT_BYTES, before anybody has read a line of it. */
export const isTranscriptUpload = (method: string | undefined, path: string): boolean =>
  method === 'PUT' && PATH.test(path)
