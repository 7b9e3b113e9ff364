import { execFileSync, spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { Client } from 'pg'
import { lockDataFolder } from '#server/boot/lockDataFolder.ts'
import { isProcessAlive } from '#server/boot/processes.ts'
import { type EmbeddedPostgres, startEmbeddedPostgres } from '#server/database/embedded.ts'

const root = process.cwd()

async function query(url: string, text: string): Promise<Record<string, unknown>[]> {
  const client = new Client(url)
  await client.connect()
  try {
    return (await client.query(text)).rows
  } finally {
    await client.end()
  }
}

describe('the embedded database', () => {
  let folder: string
  let running: EmbeddedPostgres | null = null
  const start = async (where = folder) => {
    running = await startEmbeddedPostgres(root, where, () => undefined)
    return running
  }

  beforeEach(() => {
    folder = mkdtempSync(path.join(os.tmpdir(), 'parley-data-'))
  })
  afterEach(async () => {
    await running?.stop()
    running = null
    rmSync(folder, { recursive: true, force: true })
  })

  test('[BOOT-10] it syncs, keeps checksums, listens on no network address, and stops completely', async () => {
    const { url, pid, stop } = await start()
    const [row] = await query(
      url,
      `SELECT current_setting('fsync') AS fsync, current_setting('data_checksums') AS checksums,
        current_setting('listen_addresses') AS addresses, current_setting('server_encoding') AS encoding`,
    )
    expect(row).toEqual({ fsync: 'on', checksums: 'on', addresses: '', encoding: 'UTF8' })
    await stop()
    expect(isProcessAlive(pid)).toBe(false)
  }, 30_000)

  test('[BOOT-11] a database that outlived its Parley is taken over with what it holds', async () => {
    const first = await start()
    await query(first.url, 'CREATE TABLE kept AS SELECT 42 AS answer')
    const second = await start()
    expect(second).toMatchObject({ adopted: true, pid: first.pid })
    expect(await query(second.url, 'SELECT answer FROM kept')).toEqual([{ answer: 42 }])
  }, 30_000)

  test('[BOOT-12] killed with SIGKILL, it recovers what was committed', async () => {
    const first = await start()
    await query(first.url, 'CREATE TABLE kept AS SELECT 42 AS answer')
    process.kill(first.pid, 'SIGKILL')
    const second = await start()
    expect(second.adopted).toBe(false)
    expect(await query(second.url, 'SELECT answer FROM kept')).toEqual([{ answer: 42 }])
  }, 30_000)

  test('[BOOT-15] ended by somebody else, it is started again with what it held; stopped by us, it stays so', async () => {
    const database = await start()
    await query(database.url, 'CREATE TABLE kept AS SELECT 42 AS answer')
    const { pid } = database
    process.kill(pid, 'SIGQUIT')
    while (database.pid === pid) await new Promise((done) => setTimeout(done, 50))
    expect(await query(database.url, 'SELECT answer FROM kept')).toEqual([{ answer: 42 }])
    await database.stop()
    expect(isProcessAlive(database.pid)).toBe(false)
  }, 60_000)

  test('[BOOT-13] a folder too deep for a socket path gets a short one', async () => {
    const deep = path.join(folder, 'd'.repeat(60), 'e'.repeat(60))
    mkdirSync(deep, { recursive: true })
    execFileSync('chmod', ['-R', '755', folder])
    const { url } = await start(deep)
    expect(await query(url, 'SELECT 1 AS one')).toEqual([{ one: 1 }])
    const sockets = decodeURIComponent(url.split('?host=')[1] ?? '')
    await running?.stop()
    rmSync(sockets, { recursive: true, force: true })
  }, 30_000)
})

describe('the data folder', () => {
  let folder: string
  beforeEach(() => {
    folder = mkdtempSync(path.join(os.tmpdir(), 'parley-lock-'))
  })
  afterEach(() => rmSync(folder, { recursive: true, force: true }))

  test('[BOOT-14] a second process on it is refused and told which process holds it', async () => {
    const holder = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'ignore' })
    try {
      execFileSync('sh', ['-c', `echo ${holder.pid} > ${folder}/server.lock`])
      expect(() => lockDataFolder(folder)).toThrow(`process ${holder.pid}`)
    } finally {
      holder.kill('SIGKILL')
    }
  })

  test('[BOOT-14] the lock of a process that is gone counts for nothing', async () => {
    const gone = spawn(process.execPath, ['-e', ''], { stdio: 'ignore' })
    await new Promise((resolve) => gone.once('exit', resolve))
    execFileSync('sh', ['-c', `echo ${gone.pid} > ${folder}/server.lock`])
    const unlock = lockDataFolder(folder)
    expect(readFileSync(path.join(folder, 'server.lock'), 'utf8')).toBe(`${process.pid}\n`)
    unlock()
    expect(() => readFileSync(path.join(folder, 'server.lock'))).toThrow('ENOENT')
  })
})
