import { Client } from 'pg'

/** The floor of revocation: one row updated and NOTIFY in one connection, heard in another. */
export async function openListenNotify(
  databaseUrl: string,
): Promise<{ trial(): Promise<number>; close(): Promise<void> }> {
  const speaker = new Client(databaseUrl)
  const listener = new Client(databaseUrl)
  await Promise.all([speaker.connect(), listener.connect()])
  await speaker.query('CREATE TABLE IF NOT EXISTS floor_row (id int PRIMARY KEY, at timestamptz)')
  await speaker.query('INSERT INTO floor_row VALUES (1, now()) ON CONFLICT DO NOTHING')
  await listener.query('LISTEN floor_channel')
  return {
    /** @returns ms from the statement to its being heard */
    async trial() {
      const heard = new Promise<number>((resolve) =>
        listener.once('notification', () => resolve(performance.now())),
      )
      const startedAt = performance.now()
      await speaker.query(
        `WITH changed AS (UPDATE floor_row SET at = now() WHERE id = 1 RETURNING id)
         SELECT pg_notify('floor_channel', id::text) FROM changed`,
      )
      return (await heard) - startedAt
    },
    async close() {
      await Promise.all([speaker.end(), listener.end()])
    },
  }
}
