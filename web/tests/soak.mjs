// A night in minutes: the screen stays open while its city is killed and started again, and must show the right numbers
// at the end without having grown. `npm run soak -- --minutes 120 --restarts 20` is the whole of it.

import assert from 'node:assert/strict'
import process from 'node:process'
import { parseArgs } from 'node:util'
import { demoCity, until } from './demoCity.mjs'
import { equal, heapOf } from './onScreen.mjs'

/** A page whose own part of the heap has grown by more than this share leaks; so does one whose heap grows so much once it is warm. */
const GROWTH_MAX = 0.1
/** After so many minutes the engine has compiled what runs hot. */
const WARM_MINUTES = 30
/** Shorter runs say nothing about growth, in minutes: caches are still being filled. */
const GROWTH_MINUTES_MIN = 20
/** The heap is first measured when the page has settled, in milliseconds at most. */
const SETTLING_MILLIS_MAX = 60_000

const { values } = parseArgs({
  options: { minutes: { type: 'string', default: '2' }, restarts: { type: 'string', default: '3' } },
})
const [minutes, restarts] = [Number(values.minutes), Number(values.restarts)]
assert.ok(minutes > 0 && restarts >= 0, '--minutes and --restarts are numbers')

const rest = (millis) => new Promise((resolve) => setTimeout(resolve, millis))
const city = await demoCity({ first: ['--history-hours', '1'], always: ['--per-day', '6000'] })
process.env.BAOTU_URL = city.url
const { inBrowser } = await import('./browser.mjs')
const began = Date.now()
const end = began + minutes * 60_000

async function soak(browser) {
  const page = await browser.context.newPage()
  const session = await browser.context.newCDPSession(page)
  await session.send('HeapProfiler.enable')
  await page.goto(`${city.url}/screen?rotate=15`)
  await page.locator('[data-ready=true]').waitFor({ timeout: 120_000 })
  await rest(Math.min(SETTLING_MILLIS_MAX, (minutes * 60_000) / 10))
  const atStart = await heapOf(session)
  let warm = null
  const megabytes = (bytes) => (bytes / 1_000_000).toFixed(2)

  for (let restart = 1; restart <= restarts; restart += 1) {
    await rest(Math.max(0, began + ((end - began) * restart) / (restarts + 1) - Date.now()))
    const at = await city.now()
    await city.kill()
    await page.locator('.screen.stale').waitFor({ timeout: 60_000 })
    await city.again(at)
    await page.locator('.screen[data-line=open]').waitFor({ timeout: 60_000 })
    const heap = await heapOf(session)
    const passed = (Date.now() - began) / 60_000
    if (warm === null && passed >= WARM_MINUTES) warm = heap
    console.log(
      `restart ${restart} of ${restarts} after ${passed.toFixed(1)} min, ` +
        `heap ${megabytes(heap.all)} MB, without code ${megabytes(heap.own)} MB`,
    )
  }
  await rest(Math.max(0, end - Date.now()))
  // As it stood when it was first measured: what is done to the page below has its own code loaded.
  const atEnd = await heapOf(session)

  // The scenes change while numbers are compared, unless they are held.
  await page.locator('[data-scene-name=""]').click()
  await page.evaluate(() => history.replaceState(null, '', '/screen'))
  await page.evaluate(() => dispatchEvent(new PopStateEvent('popstate')))
  await until('the scenes rest', () => page.evaluate(() => !location.search.includes('rotate')))
  const compared = await equal(page, city.url)
  const growth = (from, to) => to / from - 1
  const told = (from, to) => `${megabytes(from)} → ${megabytes(to)} MB (${(growth(from, to) * 100).toFixed(1)} %)`
  console.log(`${minutes} min, ${restarts} restarts: ${compared} numbers equal to the interface`)
  console.log(`  without code ${told(atStart.own, atEnd.own)}; all of the heap ${told(atStart.all, atEnd.all)}`)
  if (warm !== null) console.log(`  since it was warm: all of the heap ${told(warm.all, atEnd.all)}`)
  assert.deepEqual(browser.faults, [])
  if (minutes >= GROWTH_MINUTES_MIN) {
    const own = growth(atStart.own, atEnd.own)
    assert.ok(own < GROWTH_MAX, `the page has grown by ${(own * 100).toFixed(1)} %`)
    const all = warm === null ? 0 : growth(warm.all, atEnd.all)
    assert.ok(all < GROWTH_MAX, `the heap has grown by ${(all * 100).toFixed(1)} % since it was warm`)
  }
}

try {
  await inBrowser({ width: 1920, height: 1080 }, soak)
} finally {
  await city.end()
}
