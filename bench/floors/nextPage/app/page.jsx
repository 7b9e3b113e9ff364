'use client'

import { useState } from 'react'

/** The floor of a page: what React and Next weigh before anybody has written a line. */
export default function Page() {
  const [count, setCount] = useState(0)
  return (
    <button type="button" onClick={() => setCount(count + 1)}>
      Join now {count}
    </button>
  )
}
