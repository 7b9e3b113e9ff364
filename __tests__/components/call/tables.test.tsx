import { planBar } from '#components/call/barItems.ts'
import { changeView, FIRST_VIEW, stagedKey } from '#components/call/callView.ts'
import { noticeText } from '#components/call/noticeText.ts'
import { createPreferences, DEFAULT_PREFERENCES, readPreferences } from '#components/call/preferences.ts'
import { belongsToControl, type KeyPress, keysOf, matchShortcut } from '#components/call/shortcuts.ts'
import { toneOf } from '#components/call/useNotices.ts'
import { SpeakerTracker } from '#lib/call/SpeakerTracker.ts'
import { idOf } from '../../support/fakeCall.ts'

const press = (code: string, more: Partial<KeyPress> = {}): KeyPress => ({
  code,
  key: code.replace(/^(Key|Digit)/, '').toLowerCase(),
  ctrlKey: false,
  metaKey: false,
  altKey: false,
  shiftKey: false,
  repeat: false,
  ...more,
})
const ctrl = { ctrlKey: true }
const meta = { metaKey: true }
const ctrlAlt = { ctrlKey: true, altKey: true }

describe('the keyboard table', () => {
  test.each([
    [press('KeyD', ctrl), false, 'microphone'],
    [press('KeyD', meta), true, 'microphone'],
    [press('KeyM'), false, 'microphone'],
    [press('KeyE', ctrl), false, 'camera'],
    [press('KeyV'), false, 'camera'],
    [press('Space'), false, 'talk'],
    [press('KeyH', ctrlAlt), false, 'hand'],
    [press('KeyR'), false, 'hand'],
    [press('KeyC', ctrlAlt), false, 'chat'],
    [press('KeyC'), false, 'chat'],
    [press('KeyP', ctrlAlt), false, 'people'],
    [press('KeyP'), false, 'people'],
    [press('KeyD'), false, 'share'],
    [press('KeyW'), false, 'layout'],
    [press('KeyS'), false, 'fullScreen'],
    [press('KeyM', { shiftKey: true }), false, 'pictureInPicture'],
    [press('KeyS', ctrlAlt), false, 'announceSpeaker'],
    [press('KeyI', ctrlAlt), false, 'announceRoom'],
    [press('Slash', { key: '?', shiftKey: true }), false, 'help'],
    [press('Minus', { key: '?', shiftKey: true }), false, 'help'],
  ])('[UI-9] %j (mac %s) is %s', (key, mac, action) => {
    expect(matchShortcut(key, mac)).toEqual({ type: 'action', action })
  })

  test.each([
    ['the other system’s modifier', press('KeyD', meta), false],
    ['Ctrl on a Mac', press('KeyD', ctrl), true],
    ['a modifier too many', press('KeyM', ctrl), false],
    ['the browser’s own Ctrl+Shift+D', press('KeyD', { ctrlKey: true, shiftKey: true }), false],
    ['a key held down', press('KeyM', { repeat: true }), false],
    ['a digit with Ctrl', press('Digit1', ctrl), false],
    ['a key that means nothing', press('KeyQ'), false],
  ])('[UI-9] %s does nothing', (_, key, mac) => {
    expect(matchShortcut(key, mac)).toBeNull()
  })

  test('[UI-9] digits go to people', () => {
    expect(matchShortcut(press('Digit0'), false)).toEqual({ type: 'focusPerson', index: 0 })
    expect(matchShortcut(press('Digit9'), false)).toEqual({ type: 'focusPerson', index: 9 })
  })

  test('[UI-9] tooltips write keys as the system does', () => {
    expect(keysOf('microphone', false)).toEqual(['Ctrl+D', 'M'])
    expect(keysOf('microphone', true)).toEqual(['⌘D', 'M'])
    expect(keysOf('talk', false)).toEqual(['Space'])
  })

  test.each([
    ['<input>', true],
    ['<textarea></textarea>', true],
    ['<button><span class="target"></span></button>', true],
    ['<div contenteditable="true"><p class="target"></p></div>', true],
    ['<div role="dialog"><p class="target"></p></div>', true],
    ['<ul role="menu"><li class="target"></li></ul>', true],
    ['<main><ul><li class="target" tabindex="-1"></li></ul></main>', false],
  ])('[UI-9] a press in %s belongs to it: %s', (html, expected) => {
    document.body.innerHTML = html
    expect(belongsToControl(document.querySelector('.target') ?? document.body.firstElementChild)).toBe(
      expected,
    )
  })
})

describe('the bar by width', () => {
  test.each([
    [565, 'microphone camera share hand reactions chat people more leave'],
    [564, 'microphone camera share hand chat people more leave'],
    [520, 'microphone camera share hand chat people more leave'],
    [519, 'microphone camera share chat people more leave'],
    [420, 'microphone camera share chat people more leave'],
    [419, 'microphone camera chat people more leave'],
    [370, 'microphone camera chat people more leave'],
    [369, 'microphone camera chat more leave'],
    [299, 'microphone camera more leave'],
    [224, 'microphone camera leave'],
  ])('[UI-10] %i px: %s', (width, items) => {
    expect(planBar(width, true).bar.join(' ')).toBe(items)
  })

  test('[UI-10] no control is lost: what is not in the bar is in More', () => {
    for (let width = 225; width < 600; width += 1) {
      const { bar, more } = planBar(width, true)
      expect([...bar, ...more].sort()).toEqual([...planBar(600, true).bar].sort())
    }
  })

  test('[UI-10] a browser that cannot share has it nowhere', () => {
    const { bar, more } = planBar(300, false)
    expect([...bar, ...more]).not.toContain('share')
  })
})

describe('what has the stage', () => {
  const tile = (key: string, kind: 'person' | 'share' = 'person', own = false) => ({ key, kind, own })
  const people = [tile('me', 'person', true), tile('a'), tile('b')]
  test.each([
    ['nothing: a grid', { pinned: null, layout: 'auto' }, people, null, null],
    ['a share', { pinned: null, layout: 'auto' }, [...people, tile('s', 'share')], null, 's'],
    [
      'the newest share',
      { pinned: null, layout: 'auto' },
      [...people, tile('s1', 'share'), tile('s2', 'share')],
      null,
      's2',
    ],
    [
      'another’s share before our own',
      { pinned: null, layout: 'auto' },
      [...people, tile('s', 'share'), tile('mine', 'share', true)],
      null,
      's',
    ],
    ['a pin before a share', { pinned: 'b', layout: 'auto' }, [...people, tile('s', 'share')], null, 'b'],
    ['a pin on somebody who left counts no more', { pinned: 'gone', layout: 'auto' }, people, null, null],
    ['who speaks, in the stage layout', { pinned: null, layout: 'stage' }, people, 'b', 'b'],
    ['somebody else, in the stage layout in silence', { pinned: null, layout: 'stage' }, people, null, 'a'],
  ] as const)('[UI-3] %s', (_, view, tiles, speaker, expected) => {
    expect(stagedKey(view, tiles, speaker)).toBe(expected)
  })

  test('[UI-3] a panel opens, gives way to another, and closes with its own button', () => {
    const chat = changeView(FIRST_VIEW, { type: 'togglePanel', panel: 'chat' })
    const people_ = changeView(chat, { type: 'togglePanel', panel: 'people' })
    expect([chat.panel, people_.panel]).toEqual(['chat', 'people'])
    expect(changeView(people_, { type: 'togglePanel', panel: 'people' }).panel).toBeNull()
  })
})

describe('who speaks', () => {
  test('[UI-4] a pause for breath is no silence, and a murmur is no speech', () => {
    const tracker = new SpeakerTracker()
    const [a, b] = [idOf(1), idOf(2)]
    expect([
      ...tracker.update(
        new Map([
          [a, 0.3],
          [b, 0.01],
        ]),
        1_000,
      ),
    ]).toEqual([a])
    expect([...tracker.update(new Map([[a, 0]]), 1_600)]).toEqual([a])
    expect([...tracker.update(new Map([[a, 0]]), 1_800)]).toEqual([])
    expect([tracker.loudest, tracker.heardAt(a), tracker.heardAt(b)]).toEqual([a, 1_000, 0])
  })
})

describe('notices', () => {
  test('[UI-8] weight decides how long they stay', () => {
    expect(noticeText({ type: 'joined', name: 'Joan' })).toMatchObject({
      text: 'Joan joined',
      durationMs: 2_500,
    })
    expect(noticeText({ type: 'handRaised', name: 'Joan' })).toMatchObject({ durationMs: 5_000 })
    expect(noticeText({ type: 'deviceLost', source: 'camera' })).toMatchObject({
      text: 'Your camera was disconnected',
      durationMs: 10_000,
      urgent: true,
    })
    expect(noticeText({ type: 'reaction', from: idOf(1), name: 'Joan', emoji: '🎉' })).toBeNull()
  })

  test('[UI-8] comings and goings make no sound among more than five', () => {
    expect(toneOf({ type: 'joined', name: 'Joan' }, 5)).toBe('joined')
    expect(toneOf({ type: 'joined', name: 'Joan' }, 6)).toBeNull()
    expect(toneOf({ type: 'waiting', name: 'Joan' }, 60)).toBe('waiting')
  })
})

describe('preferences', () => {
  test.each([
    ['no JSON', '{'],
    ['another type', '7'],
    ['null', 'null'],
    ['wrong values', '{"shortcuts":"yes"}'],
  ])('[UI-9] %s in the storage is the default', (_, kept) => {
    expect(readPreferences({ getItem: () => kept })).toEqual(DEFAULT_PREFERENCES)
  })

  test('[UI-9] a storage that refuses costs nothing but the memory', () => {
    const refuse = (): never => {
      throw new DOMException('denied', 'SecurityError')
    }
    const store = createPreferences({ getItem: refuse, setItem: refuse })
    store.update((now) => ({ ...now, sounds: false }))
    expect(store.get().sounds).toBe(false)
  })
})
