import { lazy, Suspense } from 'react'
import { useCall } from './CallContext.tsx'
import { useStore } from './useStore.ts'

const KeptRecordings = lazy(async () => ({
  default: (await import('#components/recordings/kept/KeptRecordings.tsx')).KeptRecordings,
}))

/** What this browser has recorded for itself and nobody has saved yet: of this call, and left from a former visit. */
export function OwnKeptRecordings({ className }: { className?: string }) {
  const { kept } = useStore(useCall().ownRecording)
  if (kept.length === 0) return null
  return (
    <Suspense fallback={null}>
      <KeptRecordings ids={kept} canBePutOff className={className} />
    </Suspense>
  )
}
