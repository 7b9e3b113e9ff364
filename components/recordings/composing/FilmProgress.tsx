/** @param share 0…1 */
export const percentOf = (share: number): number => Math.floor(share * 100)

/** How far a film is, to be seen and to be read out. @param share 0…1 */
export function FilmProgress({ share }: { share: number }) {
  const percent = percentOf(share)
  return (
    <div>
      <div className="flex items-baseline justify-between text-sm">
        <span id="film-progress" className="font-medium text-ink">
          Making the film…
        </span>
        <span className="text-ink-soft tabular-nums">{percent} %</span>
      </div>
      <div
        role="progressbar"
        aria-labelledby="film-progress"
        aria-valuemin={0}
        aria-valuemax={100}
        aria-valuenow={percent}
        className="mt-2 h-2 overflow-hidden rounded-full bg-sunken"
      >
        <div
          className="h-full origin-left rounded-full bg-accent transition-transform motion-reduce:transition-none"
          style={{ transform: `scaleX(${share})` }}
        />
      </div>
    </div>
  )
}
