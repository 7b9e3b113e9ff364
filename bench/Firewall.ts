import { execFileSync } from 'node:child_process'
import { networkInterfaces } from 'node:os'

/**
 * Benchmarks that lose packets do so in a network of their own, where nobody else's are lost and which ends with them:
 * `sh bench/ownNetwork.sh npm run bench -- …`.
 * @throws Error anywhere else
 */
export function assertOwnNetwork(): void {
  const others = Object.keys(networkInterfaces()).filter((name) => name !== 'lo')
  if (others.length > 0)
    throw new Error('it loses packets: run it by `sh bench/ownNetwork.sh npm run bench -- …`')
}

const TABLE = 'inet parley_bench'

/** Packets of this network that are dropped on their way out (nftables). */
export class Firewall {
  #rules: string[] = []

  /** @param matching what is dropped, in nft's words */
  drop(matching: string): void {
    this.#rules.push(matching)
    this.#apply()
  }

  clear(): void {
    this.#rules = []
    this.#apply()
  }

  close(): void {
    execFileSync('nft', ['-f', '-'], { input: `add table ${TABLE}\ndelete table ${TABLE}\n` })
  }

  #apply(): void {
    const rules = this.#rules.map((rule) => `    ${rule} drop\n`).join('')
    const chain = `  chain out {\n    type filter hook output priority 0;\n${rules}  }\n`
    execFileSync('nft', ['-f', '-'], {
      input: `add table ${TABLE}\ndelete table ${TABLE}\ntable ${TABLE} {\n${chain}}\n`,
    })
  }
}
