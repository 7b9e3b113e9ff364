import type { Cluster } from './Cluster.ts'

/** The only process there is, by decree: for tests and tools without other processes. */
export function aloneCluster(): Cluster {
  const held = new Set<string>()
  const nothing = async (): Promise<void> => undefined
  return {
    leases: {
      held,
      holds: (meetingId) => held.has(meetingId),
      take: async ({ id }) => void held.add(id),
      giveUp: async (meetingIds) => {
        for (const id of meetingIds) held.delete(id)
      },
      onLost: () => () => undefined,
    },
    tellChanged: nothing,
    onChanged: () => () => undefined,
    route: (local) => local,
    admit: (local) => local,
    passOn: async () => false,
    addressOf: () => undefined,
    leave: nothing,
    close: nothing,
  }
}
