// Before the page's own scripts: web vitals, and when somebody could use the page (see benches/greenRoom.ts).
;(() => {
  const vitals = { lcp: 0, fcp: 0, cls: 0, longTasks: [], usableAt: null }
  const observe = (type, take) =>
    new PerformanceObserver((list) => list.getEntries().forEach(take)).observe({ type, buffered: true })
  observe('largest-contentful-paint', (entry) => {
    vitals.lcp = entry.startTime
  })
  observe('paint', (entry) => {
    if (entry.name === 'first-contentful-paint') vitals.fcp = entry.startTime
  })
  observe('layout-shift', (entry) => {
    if (!entry.hadRecentInput) vitals.cls += entry.value
  })
  observe('longtask', (entry) => {
    vitals.longTasks.push([entry.startTime, entry.duration])
  })

  // Usable: the button is there and React has taken it over, so that a click does something.
  const alive = (element) => Object.keys(element).some((key) => key.startsWith('__reactProps'))
  const look = () => {
    const button = [...document.querySelectorAll('button')].find((one) =>
      /^(join now|ask to join)/i.test(one.textContent.trim()),
    )
    if (button && alive(button)) vitals.usableAt = performance.now()
    else requestAnimationFrame(look)
  }
  requestAnimationFrame(look)
  window.parleyVitals = vitals
})()
