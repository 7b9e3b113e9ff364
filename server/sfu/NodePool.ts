import { setTimeout as sleep } from 'node:timers/promises'
import type { Log } from '#server/log.ts'
import type { SfuNode } from './SfuNode.ts'

const CHECK_EVERY_MS = 1_000
const SUSPECT_PAUSES_MS = [0, 20, 50, 150]

/** A LiveKit process: a node, until it ends or is replaced by another at the same address. */
export type NodeProcess = { readonly node: SfuNode; readonly instance: string | null }

/**
 * The nodes there are, looked at every second, and at once when somebody suspects one. Tells when one changes its
 * state, and when a process is gone with all the rooms that were in it.
 */
export class NodePool {
  readonly #nodes: SfuNode[] = []
  readonly #log: Log
  readonly #changed = new Set<() => void>()
  readonly #lost = new Set<(gone: NodeProcess) => void>()
  readonly #draining = new Set<(leaving: NodeProcess) => void>()
  readonly #checking = new Map<SfuNode, Promise<void>>()
  readonly #suspected = new Map<SfuNode, Promise<void>>()
  #timer: NodeJS.Timeout | undefined

  constructor(log: Log) {
    this.#log = log
  }

  get nodes(): readonly SfuNode[] {
    return this.#nodes
  }

  get ready(): readonly SfuNode[] {
    return this.#nodes.filter(({ state }) => state === 'ready')
  }

  /** Those that answer: a busy one takes no new rooms, but knows its own. */
  get answering(): readonly SfuNode[] {
    return this.#nodes.filter(({ state }) => state === 'ready' || state === 'busy')
  }

  /**
   * Whether people can be led to a node. One of several that says it is too busy, or has lost its Redis, would put them
   * on another node, without those who are in their room; one that is about to end serves its own until they have left.
   */
  letsIn(node: SfuNode): boolean {
    if (node.state === 'busy') return node.draining || this.#nodes.length === 1
    return node.state === 'ready'
  }

  /** Adds a node and looks at it. */
  async add(node: SfuNode): Promise<void> {
    this.#nodes.push(node)
    this.#timer ??= setInterval(() => void this.checkAll(), CHECK_EVERY_MS).unref()
    await this.check(node)
  }

  /** Takes a node out that moved to another address. Its rooms are lost. */
  remove(node: SfuNode): void {
    const at = this.#nodes.indexOf(node)
    if (at < 0) return
    this.#nodes.splice(at, 1)
    this.#tellLost({ node, instance: node.instance })
    this.#tellChanged()
  }

  async checkAll(): Promise<void> {
    await Promise.all(this.#nodes.map((node) => this.check(node)))
  }

  /** One check under way serves all who ask, and what it finds is told once. */
  check(node: SfuNode): Promise<void> {
    const checking = this.#checking.get(node) ?? this.#check(node).finally(() => this.#checking.delete(node))
    this.#checking.set(node, checking)
    return checking
  }

  async #check(node: SfuNode): Promise<void> {
    const before = { state: node.state, instance: node.instance }
    await node.check()
    this.#compare(node, before)
  }

  #compare(node: SfuNode, before: Pick<SfuNode, 'state' | 'instance'>): void {
    const changed = node.state !== before.state
    if (changed)
      this.#log.info({ node: node.name, instance: node.instance, state: node.state }, 'media server')
    const ended = node.state === 'down' && before.state !== 'down' && before.state !== 'unknown'
    const replaced = before.instance !== null && node.instance !== null && node.instance !== before.instance
    // What was lost first: whoever hears of the change decides otherwise about media that has ended.
    if (ended || replaced) this.#tellLost({ node, instance: before.instance })
    else if (node.draining)
      for (const listener of [...this.#draining]) listener({ node, instance: node.instance })
    if (changed) this.#tellChanged()
  }

  /**
   * Somebody's connection to it ended. Looked at more than once: a process that is dying may still take a connection.
   * Not by a check: one that is under way may have been answered before, or hang with a request that nobody answers.
   */
  suspect(node: SfuNode): Promise<void> {
    const looking =
      this.#suspected.get(node) ?? this.#lookClosely(node).finally(() => this.#suspected.delete(node))
    this.#suspected.set(node, looking)
    return looking
  }

  async #lookClosely(node: SfuNode): Promise<void> {
    for (const pauseMs of SUSPECT_PAUSES_MS) {
      if (pauseMs > 0) await sleep(pauseMs, undefined, { ref: false })
      const before = { state: node.state, instance: node.instance }
      if (before.state === 'down') return
      if (!(await node.looksGone())) continue
      this.#compare(node, before)
      return
    }
    // It lives, or another process listens there already.
    await this.check(node)
  }

  onChange(listener: () => void): () => void {
    this.#changed.add(listener)
    return () => this.#changed.delete(listener)
  }

  /** A process has ended: nothing that it held is left. */
  onProcessLost(listener: (gone: NodeProcess) => void): () => void {
    this.#lost.add(listener)
    return () => this.#lost.delete(listener)
  }

  /** Told with each check for as long as it lasts: somebody may have nowhere else to go at first. */
  onDraining(listener: (leaving: NodeProcess) => void): () => void {
    this.#draining.add(listener)
    return () => this.#draining.delete(listener)
  }

  close(): void {
    clearInterval(this.#timer)
    this.#changed.clear()
    this.#lost.clear()
    this.#draining.clear()
  }

  #tellChanged(): void {
    for (const listener of [...this.#changed]) listener()
  }

  #tellLost(gone: NodeProcess): void {
    for (const listener of [...this.#lost]) listener(gone)
  }
}
