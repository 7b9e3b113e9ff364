'use client'
import { useState } from 'react'
import { Banner } from '#components/ui/Banner.tsx'
import { Button } from '#components/ui/Button.tsx'
import { Dialog } from '#components/ui/Dialog.tsx'
import { Switch } from '#components/ui/Switch.tsx'
import type { FilmPerson } from '#lib/call/recording/studio/composeFilm.ts'
import { FilmProgress } from './FilmProgress.tsx'
import type { FilmWork } from './useFilm.ts'

type FilmDialogProps = {
  work: FilmWork
  people: readonly FilmPerson[]
  open: boolean
  onOpenChange(open: boolean): void
  onMake(people: readonly FilmPerson[]): void
}

/** Who is in the film, and then how far it is. Made here, on this device: the server neither decodes nor encodes. */
export function FilmDialog({ work, people, open, onOpenChange, onMake }: FilmDialogProps) {
  const [left, setLeft] = useState<ReadonlySet<string>>(new Set())
  const chosen = people.filter(({ id }) => !left.has(id))
  const { share, error, saved } = work
  const choose = (id: string, included: boolean): void => {
    work.forget()
    setLeft(new Set(included ? [...left].filter((one) => one !== id) : [...left, id]))
  }
  return (
    <Dialog
      open={open}
      onOpenChange={onOpenChange}
      title="Make one film"
      description="From each person’s own tracks, side by side in full quality. It is made in this browser and takes about as long as the recording: keep the page open."
      actions={
        share !== null ? (
          <>
            <Button onClick={() => onOpenChange(false)}>Hide</Button>
            <Button variant="dangerGhost" onClick={work.cancel}>
              Cancel film
            </Button>
          </>
        ) : (
          <>
            <Button onClick={() => onOpenChange(false)}>{saved ? 'Done' : 'Not now'}</Button>
            <Button variant="primary" disabled={chosen.length === 0} onClick={() => onMake(chosen)}>
              {saved ? 'Make another' : 'Make film'}
            </Button>
          </>
        )
      }
    >
      {share !== null ? (
        <FilmProgress share={share} />
      ) : (
        <fieldset>
          <legend className="text-sm font-medium text-ink">In the film</legend>
          <div className="mt-1 divide-y divide-line">
            {people.map(({ id, name }) => (
              <Switch
                key={id}
                label={name}
                checked={!left.has(id)}
                onChange={({ target }) => choose(id, target.checked)}
              />
            ))}
          </div>
        </fieldset>
      )}
      {error && (
        <Banner tone="danger" className="mt-4">
          {error}
        </Banner>
      )}
      {saved && (
        <Banner className="mt-4">
          {saved === 'saved' ? 'The film is saved.' : 'The film is made. Your browser saves it now.'}
        </Banner>
      )}
    </Dialog>
  )
}
