// What must hold on every page, whoever looks: nothing serious for axe, nothing that the content policy refused, hardly
// any layout shift, no sideways scroll, and a first load within its budget where one is weighed.

import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')
const TAGS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']
/** The most that a page may jump at a time, as Cumulative Layout Shift counts it. */
const SHIFT_MAX = 0.1
/** What is weighed of a first load; pictures and answers are the city's own. */
const WEIGHED = ['Document', 'Script', 'Stylesheet']

/** Counts shifts and refusals of the content policy from the first moment of every page of a context. */
export function watchPages(context) {
  return context.addInitScript(() => {
    globalThis.__seen = { shift: 0, refused: [] }
    // Shifts add up while they come within a second of each other and five of the first (Cumulative Layout Shift).
    const burst = { value: 0, first: -Infinity, last: -Infinity }
    new PerformanceObserver((list) => {
      for (const { hadRecentInput, startTime, value } of list.getEntries()) {
        if (hadRecentInput) continue
        const goesOn = startTime - burst.last < 1000 && startTime - burst.first < 5000
        Object.assign(burst, goesOn ? { value: burst.value + value } : { value, first: startTime }, { last: startTime })
        globalThis.__seen.shift = Math.max(globalThis.__seen.shift, burst.value)
      }
    }).observe({ type: 'layout-shift', buffered: true })
    document.addEventListener('securitypolicyviolation', (event) => globalThis.__seen.refused.push(event.blockedURI))
  })
}

/**
 * Weighs what a page loads from now on: kilobytes of 1000 bytes over the wire, held to `kbMax`, and milliseconds of
 * the main thread, which are printed only, for they depend on the machine. Answers with what asks for the weight.
 */
export async function weigh(page, kbMax) {
  const session = await page.context().newCDPSession(page)
  await session.send('Network.enable')
  await session.send('Performance.enable', { timeDomain: 'threadTicks' })
  const kinds = new Map()
  let bytes = 0
  session.on('Network.responseReceived', ({ requestId, type }) => kinds.set(requestId, type))
  session.on('Network.loadingFinished', ({ requestId, encodedDataLength }) => {
    if (WEIGHED.includes(kinds.get(requestId))) bytes += encodedDataLength
  })
  return async () => {
    const { metrics } = await session.send('Performance.getMetrics')
    const seconds = metrics.find(({ name }) => name === 'TaskDuration')?.value ?? 0
    return { kb: Math.round(bytes / 100) / 10, kbMax, mainThreadMillis: Math.round(seconds * 1000) }
  }
}

/** What axe finds serious or critical on a page as it stands. */
async function serious(page) {
  // Evaluated through the debugging protocol, which the page's own policy does not bind.
  await page.evaluate(axe)
  const { violations } = await page.evaluate(
    (tags) => globalThis.axe.run(document, { resultTypes: ['violations'], runOnly: { type: 'tag', values: tags } }),
    TAGS,
  )
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(({ id, nodes }) => `${id}: ${nodes.slice(0, 3).map((node) => node.target.join(' ')).join(' | ')}`)
}

/**
 * Holds a page as it stands to what must hold, prints one line of JSON, and answers with what is amiss, in words.
 *
 * With a folder it leaves a picture there, of all that can be scrolled to; with a weight it holds that as well.
 */
export async function measure(page, name, { folder, weight = {} } = {}) {
  const { width, height } = page.viewportSize()
  if (folder) await page.screenshot({ path: join(folder, `${name}-${width}x${height}.png`), fullPage: true, timeout: 0 })
  const found = await serious(page)
  const { shift, refused, sideways } = await page.evaluate(() => ({
    ...globalThis.__seen,
    sideways: document.documentElement.scrollWidth > window.innerWidth,
  }))
  const amiss = [
    ...found,
    ...refused.map((what) => `the content policy refused ${what}`),
    ...(shift >= SHIFT_MAX ? [`layout shift ${shift.toFixed(3)}`] : []),
    ...(sideways ? ['sideways scroll'] : []),
    ...(weight.kb > weight.kbMax ? [`${weight.kb} kB at the first load`] : []),
  ]
  console.log(JSON.stringify({ page: name, width, height, shift: Number(shift.toFixed(3)), ...weight, amiss }))
  return amiss.map((what) => `${name} at ${width}: ${what}`)
}
