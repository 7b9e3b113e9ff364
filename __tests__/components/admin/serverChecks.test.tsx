import { act, fireEvent, render, screen, within } from '@testing-library/react'
import axe from 'axe-core'
import { ServerCheckCard } from '#components/admin/ServerCheckCard.tsx'
import type { CheckState } from '#lib/domain/serverCheck.ts'

jest.setTimeout(60_000)

const check = (state: CheckState) => ({
  name: 'Media server',
  state,
  summary: 'Calls go directly.',
  facts: ['10.0.0.5:7880 ready', '10.0.0.6:7880 does not answer'],
  advice: ['npm run this', 'npm run that'],
})

describe('ServerCheckCard', () => {
  test.each<[CheckState, string]>([
    ['ok', 'In order'],
    ['working', 'Under way'],
    ['warning', 'Limited'],
    ['failed', 'Not working'],
    ['off', 'Not there'],
  ])('[SFU-50] %s is said in words, not by its colour alone', async (state, word) => {
    const { container } = render(
      <ul>
        <ServerCheckCard check={check(state)} />
      </ul>,
    )
    expect(screen.getByRole('heading', { name: 'Media server' })).toBeTruthy()
    expect(screen.getByText(word)).toBeTruthy()
    const { violations } = await axe.run(container, { rules: { 'color-contrast': { enabled: false } } })
    expect(violations.map(({ id }) => id)).toEqual([])
  })

  test('[SFU-50] each line of advice is copied by a button of its own', async () => {
    const copied: string[] = []
    Object.assign(navigator, { clipboard: { writeText: async (text: string) => void copied.push(text) } })
    render(
      <ul>
        <ServerCheckCard check={check('off')} />
      </ul>,
    )
    const [card] = screen.getAllByRole('listitem')
    for (const line of check('off').advice) {
      const button = within(card as HTMLElement).getByRole('button', { name: `Copy: ${line}` })
      await act(async () => fireEvent.click(button))
    }
    expect(copied).toEqual(['npm run this', 'npm run that'])
  })
})
