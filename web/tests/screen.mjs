// The one screen against a city of its own: the numbers are those of the interface, it comes back when the city does,
// shows the past, changes scenes, is the same picture on every wall, and tells what it lacks. Pictures go to the folder
// named as the only argument. `BAOTU_BIN` names the binary; see `demoCity.mjs`.

import assert from 'node:assert/strict'
import { mkdirSync } from 'node:fs'
import process from 'node:process'
import { demoCity, until } from './demoCity.mjs'
import { measure, weigh } from './measures.mjs'
import { equal, shown, told } from './onScreen.mjs'

const folder = process.argv[2]
/** Walls: a usual one, a dense one, and two usual ones side by side. */
const WALLS = [
  [1920, 1080],
  [3840, 2160],
  [5120, 1440],
]
/** Bytes over the wire at the first load, in kilobytes of 1000 bytes. */
const FIRST_LOAD_KB_MAX = 700
/** Drawing maps without a graphics card takes its time, in milliseconds. */
const DRAWN_MILLIS_MAX = 120_000
const STEP_MILLIS_MAX = 60_000
/** In the small hours of a city with few cases nothing may happen for hours of its time, in milliseconds. */
const NEWS_MILLIS_MAX = 300_000
const MINUTE_MILLIS = 60_000

// A little more than a day of few cases, so that yesterday is known; then a minute in each second.
const city = await demoCity({ first: ['--history-hours', '26'], always: ['--per-day', '400', '--speed', '60'] })
process.env.BAOTU_URL = city.url
const { inBrowser } = await import('./browser.mjs')
const amiss = []
if (folder) mkdirSync(folder, { recursive: true })

const hold = async (page, name, weight) => amiss.push(...(await measure(page, name, { folder, weight })))

async function open(page, search = '') {
  await page.goto(`${city.url}/screen${search}`)
  await page.locator('[data-ready=true]').waitFor({ timeout: DRAWN_MILLIS_MAX })
  await page.locator('.screen[data-line=open]').waitFor()
}

/** Does something in a browser of its own. */
async function alone(work, options) {
  await inBrowser(options, async (browser) => {
    const page = await browser.context.newPage()
    page.setDefaultTimeout(STEP_MILLIS_MAX)
    await work(page)
    amiss.push(...browser.faults)
  })
}

async function numbersAndLists(page) {
  const weighed = await weigh(page, FIRST_LOAD_KB_MAX)
  await open(page)
  await hold(page, 'screen', await weighed())
  console.log(`${await equal(page, city.url)} numbers are those of the interface`)
  assert.match(await page.locator('[data-kpi=open] .changes').innerText(), /较昨日同时 [+−\d]/)

  // A number opens the list behind it, by keyboard alone.
  const number = page.locator('[data-kpi=open]')
  await number.focus()
  await page.keyboard.press('Enter')
  const rows = page.locator('dialog tbody tr')
  await rows.first().waitFor()
  await page.keyboard.press('j')
  assert.ok(await rows.nth(1).evaluate((row) => row === document.activeElement), 'J goes to the next row')
  await hold(page, 'screen-list')
  await page.keyboard.press('Escape')
  await page.locator('dialog').waitFor({ state: 'detached' })
  assert.ok(await number.evaluate((one) => one === document.activeElement), 'focus is back on the number')

  // What a picture shows, a table tells.
  await page.getByRole('button', { name: '查看数据' }).first().click()
  assert.equal(await page.locator('.trend').first().locator('tbody tr').count(), 24)
  await hold(page, 'screen-table')
  await page.getByRole('button', { name: '查看图' }).first().click()

  // One panel takes the place of all, and says so in the address.
  await page.getByRole('button', { name: '放大在办案件分布' }).click()
  await page.waitForURL((url) => url.searchParams.get('panel') === 'map')
  await hold(page, 'screen-map')
}

async function scenes(page) {
  await open(page)
  const { procedures } = await (await fetch(`${city.url}/api/procedures`)).json()
  const systems = [...new Set(procedures.map((one) => one.system))]
  for (const system of systems) {
    const name = system.split('/').pop()
    await page.locator(`[data-scene-name="${name}"]`).click()
    await page.waitForURL((url) => url.searchParams.get('scene') === name)
    await equal(page, city.url, { system })
  }
  const district = Object.keys((await shown(page)).districts)[0]
  await page.locator(`tr[data-division="${district}"] button`).click()
  await page.waitForURL((url) => url.searchParams.get('district') === district)
  await equal(page, city.url, { system: systems.at(-1), district })
  await hold(page, 'screen-district')
  console.log(`${systems.length + 1} scenes and a district are counted by themselves`)

  await open(page, '?rotate=5&kiosk=1')
  await hold(page, 'screen-kiosk')
  const seen = new Set()
  await until('every scene has been shown', async () => {
    seen.add(await page.locator('.screen').getAttribute('data-scene'))
    return seen.size === systems.length + 1
  })
  assert.equal(await page.locator('nav').count(), 0, 'nobody stands at a kiosk')
}

async function past(page) {
  // What the interface shows now is asked again once nothing of that moment is under way any more.
  const then = await told(city.url, null)
  const changed = async () => (await told(city.url, null)).kpis.opened !== then.kpis.opened
  await until('something else is shown', changed, NEWS_MILLIS_MAX)
  const at = new Date(Math.floor(Date.parse(then.now) / MINUTE_MILLIS) * MINUTE_MILLIS).toISOString()
  const minute = await told(city.url, at)
  await open(page, `?at=${at}`)
  await equal(page, city.url, {}, at)
  assert.deepEqual((await shown(page)).kpis, minute.kpis)
  assert.match(await page.locator('header .state').innerText(), /历史时刻/)

  // The hand on the line, by keyboard; the tiles of the map are those of the moment.
  const tiles = page.waitForResponse((answer) => /\/tiles\/live\/.+at=/.test(answer.url()) && answer.status() < 300)
  await page.getByRole('slider').focus()
  for (let step = 0; step < 36; step += 1) await page.keyboard.press('ArrowLeft')
  await page.waitForURL((url) => url.searchParams.has('at') && url.searchParams.get('at') !== at)
  const chosen = new URL(page.url()).searchParams.get('at')
  await equal(page, city.url, {}, new Date(`${chosen}:00+08:00`).toISOString())
  await tiles
  await hold(page, 'screen-past')
  await page.getByRole('button', { name: '回到当前' }).click()
  await page.waitForURL((url) => !url.searchParams.has('at'))
  await equal(page, city.url)
  console.log(`the past of ${chosen} is shown as it was`)
}

async function restart(page) {
  await open(page)
  const at = await city.now()
  await city.kill()
  await page.locator('.screen.stale').waitFor()
  await page.getByText('正在重连').first().waitFor()
  await hold(page, 'screen-stale')
  await city.again(at)
  await page.locator('.screen[data-line=open]:not(.stale)').waitFor()
  const before = await page.locator('.events li').count()
  await until('something new is told', async () => (await page.locator('.events li').count()) > before, NEWS_MILLIS_MAX)
  await equal(page, city.url)
  console.log('it came back with the city')
}

/** Where the parts stand, in units of the picture. */
const plan = (page) =>
  page.evaluate(() => {
    const unit = Math.min(innerWidth / 1920, innerHeight / 1080)
    const box = (selector) => {
      const found = document.querySelector(selector)?.getBoundingClientRect()
      return found ? [found.width, found.height].map((pixels) => Math.round(pixels / unit)) : null
    }
    const fits = document.documentElement.scrollHeight <= innerHeight && document.documentElement.scrollWidth <= innerWidth
    // Words of a panel that stand beyond its edge are cut off or lie over the next one.
    const beyond = [...document.querySelectorAll('.panel')].flatMap((panel) => {
      const edge = panel.getBoundingClientRect().right
      return [...panel.querySelectorAll('td, th, p, span')]
        .filter((one) => one.textContent.trim() !== '' && one.getBoundingClientRect().right > edge + 1)
        .map((one) => one.textContent.trim())
    })
    return { rank: box('.left'), alerts: box('.alerts'), kpis: box('.kpis')?.[1], map: box('.map'), fits, beyond }
  })

async function walls() {
  const plans = []
  for (const [width, height] of WALLS) {
    await alone(
      async (page) => {
        await open(page)
        plans.push(await plan(page))
        await hold(page, 'screen')
      },
      { width, height },
    )
  }
  const [usual, dense, wide] = plans
  const near = (one, other) => one.every((size, index) => Math.abs(size - other[index]) <= 3)
  assert.ok(plans.every((one) => one.fits && one.beyond.length === 0), `nothing is cut off: ${JSON.stringify(plans)}`)
  assert.ok(near(usual.map, dense.map) && near(usual.alerts, dense.alerts), JSON.stringify(plans))
  assert.ok(near(usual.rank, wide.rank) && near(usual.alerts, wide.alerts), JSON.stringify(plans))
  assert.ok(wide.map[0] > usual.map[0], 'a wider wall has a wider map')
  console.log('the same picture on three walls')
}

const problem = (status, detail) => ({
  status,
  contentType: 'application/problem+json',
  body: JSON.stringify({ title: '', status, detail, code: 'test', trace: '7F3A' }),
})

/** States that no request brings about are reached by answering in the service's place. */
async function states() {
  const refused = (answer) => answer.url().includes('/api/statistics/live')
  await alone(
    async (page) => {
      await page.route('**/api/statistics/live**', () => undefined)
      await page.goto(`${city.url}/screen`)
      await page.locator('.maplibregl-canvas').first().waitFor()
      await hold(page, 'screen-loading')
      await page.unroute('**/api/statistics/live**')

      await page.route('**/api/statistics/live**', (route) => route.fulfill(problem(500, '操作没有完成，请稍后重试。')))
      await page.goto(`${city.url}/screen`)
      await page.locator('.failed[role=alert]').waitFor()
      assert.equal(await page.locator('[data-kpi=open] .value').innerText(), '—', 'what is not known is not zero')
      await hold(page, 'screen-error')
      await page.unroute('**/api/statistics/live**')

      await open(page)
      for (const [name, answer, seen] of [
        ['loading', () => undefined, '.skeleton'],
        ['empty', (route) => route.fulfill({ json: { now: new Date().toISOString(), total: 0, rows: [] } }), 'text=没有可列出的案件'],
        ['error', (route) => route.fulfill(problem(500, '操作没有完成，请稍后重试。')), 'text=（编号 7F3A）'],
        ['no-permission', (route) => route.fulfill(problem(403, '没有查看清单的权限，由安全管理员授予。')), 'text=没有权限：'],
      ]) {
        await page.route('**/api/statistics/live/cases**', answer)
        await page.locator('[data-kpi=open]').click()
        await page.locator('dialog').locator(seen).first().waitFor()
        await hold(page, `screen-list-${name}`)
        await page.unroute('**/api/statistics/live/cases**')
        await page.keyboard.press('Escape')
        await page.locator('dialog').waitFor({ state: 'detached' })
      }
    },
    { width: 1920, height: 1080, expected: refused },
  )
  await alone(
    async (page) => {
      await page.goto(`${city.url}/`)
      await page.locator('[data-switch=language]').click()
      await page.locator('html[lang=en]').waitFor()
      await open(page)
      await hold(page, 'screen-english')
    },
    { width: 1920, height: 1080 },
  )
  await alone(
    async (page) => {
      await open(page)
      await hold(page, 'screen-200')
    },
    { width: 960, height: 540 },
  )
  await alone(
    async (page) => {
      await open(page)
      await page.getByText('此设备不能显示地图').waitFor()
      await hold(page, 'screen-no-webgl')
    },
    { width: 1920, height: 1080, args: ['--disable-3d-apis'] },
  )
  console.log('it says what it lacks')
}

try {
  for (const journey of [numbersAndLists, scenes, past, restart]) await alone(journey, { width: 1920, height: 1080 })
  await walls()
  await states()
  assert.deepEqual(amiss, [])
} finally {
  await city.end()
}
