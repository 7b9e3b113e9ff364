import { MeetingListSkeleton } from '#components/meetings/MeetingListSkeleton.tsx'

export default function Loading() {
  return (
    <div className="mx-auto w-full max-w-4xl px-4 pt-32 sm:px-6">
      <MeetingListSkeleton />
    </div>
  )
}
