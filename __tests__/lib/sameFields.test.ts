import { sameFields } from '#lib/sameFields.ts'

test.each([
  [{ a: 1, b: 'x' }, { b: 'x', a: 1 }, true],
  [{ a: Number.NaN }, { a: Number.NaN }, true],
  [{ a: 1 }, { a: 2 }, false],
  [{ a: undefined }, {}, false],
  [{ a: undefined }, { b: undefined }, false],
  [{ a: {} }, { a: {} }, false],
])('%j and %j: the same fields is %s', (a: object, b: object, same) => {
  expect([sameFields(a, b), sameFields(b, a)]).toEqual([same, same])
})
