import { passwordProblem } from '#lib/domain/passwordPolicy.ts'
import { isCommonPassword } from '#server/auth/commonPasswords.ts'

const context = { name: 'Ada Lovelace', email: 'countess.ada@example.org', isCommon: isCommonPassword }
const problem = (password: string) => passwordProblem(password, context)

it('[AU-1] fourteen characters are too few and fifteen are enough, whatever they are', () => {
  expect(problem('xk vu wq zj mn')).toMatch(/too short/)
  expect(problem('xk vu wq zj mnp')).toBeNull()
})

it('[AU-1] characters are counted as code points, after NFKC', () => {
  expect(problem('🌧🌊🍇🚲🦉🎻🧭🪁🥝🐙🛶🎈🔭🧶')).toMatch(/too short/)
  expect(problem('🌧🌊🍇🚲🦉🎻🧭🪁🥝🐙🛶🎈🔭🧶🪵')).toBeNull()
})

it('[AU-1] long passwords are accepted, without rules about kinds of characters', () => {
  expect(problem('correct horse battery staple')).toBeNull()
  expect(problem('a sentence that goes on and on. '.repeat(6))).toBeNull()
})

it.each([
  ['passwordpassword', /many people use/],
  ['111111111111111', /many people use/],
  ['abcabcabcabcabc', /many people use/],
  ['qwertyuiop123456789', /many people use/],
  ['!!!!password!!!!!', /many people use/],
  ['PasswordPassword', /many people use/],
  ['parley-parley-parley', /"parley"/],
  ['Ada Lovelace 1815', /"ada lovelace"/],
  ['countess.ada2026!', /"countess.ada"/],
])('[AU-2] %j is refused, and the reason is said', (password, reason) => {
  expect(problem(password)).toMatch(reason)
})

it('[AU-2] at least 3,000 common passwords are known', () => {
  const known = ['123456', 'password', 'iloveyou', 'football', 'trustno1', 'letmein']
  expect(known.filter(isCommonPassword)).toEqual(known)
})
