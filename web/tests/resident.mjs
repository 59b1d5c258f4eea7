// Journeys of residents, against a running demo city (`BAOTU_URL`), in a browser without WebGL as on an old phone: all of
// them, or those that are named. Ends with a failure at the first thing amiss.

import assert from 'node:assert/strict'
import process from 'node:process'
import { cityAddress, inBrowser } from './browser.mjs'
import { handled, speaking, withRole } from './officials.mjs'
import { photo } from './photo.mjs'

const city = cityAddress()
/** A step is over on a busy machine within this, in milliseconds. */
const STEP_MILLIS_MAX = 60_000
/** One run's mark, so that runs against one city do not meet. */
const run = Date.now().toString(36)
/** In the city, and not where another run reports: about a hundred metres for each tenth of a second. */
const spot = { lon: 117.02 + (Date.now() % 500) / 50_000, lat: 36.66 + ((Date.now() / 500) % 200) / 20_000 }
const PHONE = { width: 390, height: 844, args: ['--disable-3d-apis'] }

/** A resident with an account and a phone of their own. */
async function resident(name, work, options = {}) {
  await inBrowser({ ...PHONE, ...options }, async (browser) => {
    const page = await browser.context.newPage()
    page.setDefaultTimeout(STEP_MILLIS_MAX)
    await page.goto(`${city}/sign-in`)
    await page.getByRole('button', { name: '没有账号，注册一个' }).click()
    await page.fill('input[name=user]', `${name}-${run}`)
    await page.fill('input[name=password]', 'Spring-2026-water')
    await page.fill('input[name=name]', '泉小满')
    await page.getByRole('button', { name: '注册', exact: true }).click()
    await page.getByRole('button', { name: '退出登录' }).waitFor()
    await work(page, browser)
    assert.deepEqual(browser.faults, [], name)
    console.log(`${name}: done`)
  })
}

const next = (page) => page.getByRole('button', { name: /下一步/ }).click()

/** Photos and place: the place comes from the photo. */
async function beginWithPhoto(page, place = spot) {
  await page.goto(`${city}/`)
  await page.getByRole('link', { name: /随手拍/ }).click()
  await page.getByRole('heading', { name: '照片' }).waitFor()
  await page.locator('input[type=file]:not([capture])').setInputFiles(await photo(page, place))
  await page.getByRole('img', { name: '第 1 张照片' }).waitFor()
  await next(page)
}

async function fillMatter(page, title, way = '随手拍') {
  await page.getByText(way, { exact: true }).click()
  await page.fill('input[name=title]', title)
  await page.locator('[data-category]').first().click()
  await next(page)
  await page.getByRole('heading', { name: '核对并提交' }).waitFor()
}

async function send(page) {
  await page.getByRole('button', { name: '提交', exact: true }).click()
  await page.waitForURL(/\/cases\/.+sent=1/)
  const number = decodeURIComponent(new URL(page.url()).pathname.split('/').pop())
  await page.getByText(`已提交，编号 ${number}`).waitFor()
  return number
}

/** Carries out what a case offers; `between` happens before it is told that it was done. */
async function act(page, take, fill = async () => undefined, between = async () => undefined) {
  const button = page.locator(`[data-take="${take}"]`)
  const title = (await button.innerText()).trim()
  await button.click()
  const form = page.locator('form.form')
  await fill((name) => form.locator(`[data-field="${name}"]`))
  const send = form.locator('button[type=submit]')
  await send.click()
  await between(send)
  await page.getByText(`“${title}”已提交`).waitFor()
}

/** The photo gives the place, is sent without it, and the map needs no WebGL. */
async function reportByPhoto(page) {
  await beginWithPhoto(page)
  await page.getByText('照片的拍摄位置，请核对。').waitFor()
  await page.getByText(/历下区|市中区|槐荫区|天桥区|历城区/).first().waitFor()
  // No map is loaded before somebody wants one.
  assert.equal(await page.locator('canvas').count(), 0)
  await page.getByRole('button', { name: '在地图上选点' }).click()
  await page.locator('[data-ready=true]').waitFor({ timeout: 60_000 })
  assert.equal(await page.evaluate(() => document.createElement('canvas').getContext('webgl')), null)
  await dragPin(page)

  // The draft with its photo outlives the page.
  await page.reload()
  await page.getByRole('heading', { name: '照片' }).waitFor()
  await page.getByRole('img', { name: '第 1 张照片' }).waitFor()
  await next(page)
  await next(page)
  await fillMatter(page, `路灯不亮 ${run}`)
  const number = await send(page)
  await page.getByText(/预计 .+ 前有进展/).waitFor()

  const address = await page.locator('.strip img').first().getAttribute('src')
  const sent = await page.evaluate(async (src) => {
    const bytes = new Uint8Array(await (await fetch(src)).arrayBuffer())
    return { length: bytes.length, text: String.fromCharCode(...bytes.slice(0, 4096)) }
  }, address)
  assert.ok(!sent.text.includes('Exif'), 'the place in the photo was removed')
  const size = await page.locator('.strip img').first().evaluate(async (image) => {
    image.loading = 'eager'
    await image.decode()
    return [image.naturalWidth, image.naturalHeight]
  })
  assert.deepEqual(size, [1600, 1200], 'the photo was made smaller')
  return number
}

/** Dragging moves the pin, and with it the coordinates that are told. */
async function dragPin(page) {
  const told = page.locator('.chosen .soft')
  const before = await told.innerText()
  const box = await page.locator('.map .box').boundingBox()
  const [x, y] = [box.x + box.width / 2, box.y + box.height / 2]
  await page.mouse.move(x, y)
  await page.mouse.down()
  await page.mouse.move(x + 6, y + 4, { steps: 4 })
  await page.mouse.up()
  await page.waitForFunction((text) => document.querySelector('.chosen .soft')?.textContent !== text, before)
}

async function meToo(page, number) {
  await beginWithPhoto(page)
  await page.getByText('照片的拍摄位置，请核对。').waitFor()
  await next(page)
  await fillMatter(page, `路灯又不亮了 ${run}`)
  const one = page.locator(`[data-near="${number}"]`)
  await one.getByText(`路灯不亮 ${run}`).waitFor()
  await one.getByText(/\d+ 米，.+前/).waitFor()
  await one.getByRole('button', { name: '我也遇到' }).click()
  await page.getByText('您已反映遇到同一问题').waitFor()
  await page.getByText('另有 1 人遇到').waitFor()
  assert.equal(await page.locator('.strip img').count(), 0, 'the reporter’s photos stay theirs')
  await page.getByRole('link', { name: '我的诉求' }).click()
  await page.getByText('他人提交，您也遇到').waitFor()
  await page.goto(`${city}/`)
  assert.equal(await page.getByText('有一份没有提交的草稿').count(), 0, 'nothing is left to send')
}

/** The neighbour has joined since the page was read: the reporter is told, and sends what is still in the form. */
async function supplementAndWithdraw(page) {
  await act(
    page,
    'supplement',
    async (field) => {
      await field('text').locator('textarea').fill('灯杆编号 LX-0231。')
      await field('photos').locator('input[type=file]').setInputFiles(await photo(page))
      await field('photos').getByText('1/4').waitFor()
    },
    async (send) => {
      await page.getByText('已被他人更新，请刷新').waitFor()
      await page.getByRole('button', { name: '刷新' }).click()
      await page.getByText('另有 1 人遇到').waitFor()
      await send.click()
    },
  )
  await page.getByText('灯杆编号 LX-0231。').waitFor()
  await act(page, 'withdraw', (field) => field('reason').locator('textarea').fill('已经亮了'))
  await page.getByText('已撤回').first().waitFor()
}

/** Two who met with the same: both are told how it ends. */
async function reportAndJoin(page) {
  const number = await reportByPhoto(page)
  await resident('neighbour', async (neighbour) => {
    await meToo(neighbour, number)
    await supplementAndWithdraw(page)
    await neighbour.goto(`${city}/notices`)
    const told = neighbour.getByText('您关注的问题已有结果')
    // The reaction runs after the decision; the page is asked until it has.
    for (let tries = 0; (await told.count()) === 0 && tries < 30; tries++) {
      await neighbour.reload()
      await neighbour.getByRole('heading', { name: '通知' }).waitFor()
      await told.waitFor({ timeout: 1_000 }).catch(() => undefined)
    }
    await told.waitFor()
  })
}

/** A ticket by the hotline, from a shortcut of the first page; rated, and opened again when it was not solved. */
async function rateAndReopen(page) {
  await page.goto(`${city}/`)
  await page.locator('[data-shortcut="020201"]').click()
  await next(page)
  await page.getByRole('combobox').fill('趵突泉')
  await page.getByRole('option').first().click()
  await page.locator('.chosen').waitFor()
  await next(page)
  assert.equal(await page.inputValue('input[name=title]'), '施工噪声')
  await page.fill('input[name=title]', `夜间施工噪声 ${run}`)
  await next(page)
  const number = await send(page)
  await handled(number, '已要求夜间停工。')
  await page.reload()
  await page.getByText('已要求夜间停工。').waitFor()
  await act(page, 'rate', async (field) => {
    await field('grade').getByText('基本满意', { exact: true }).click()
    await field('reason').locator('textarea').fill('白天也吵。')
  })
  await page.getByText('您的评价：基本满意').waitFor()
  await page.getByText('已办结').first().waitFor()
  await page.locator('[data-take="reopen"]').click()
  await page.getByText(/截止时间：\d{4}-/).waitFor()
  await page.locator('[data-take="reopen"]').click()
  await act(page, 'reopen', (field) => field('reason').locator('textarea').fill('昨夜又开工了。'))
  await page.getByText('待派遣').first().waitFor()
  await page.getByText('昨夜又开工了。').waitFor()
  // Whoever dispatches sees why.
  const seen = await (await speaking(withRole('派单员'))).act(number, 'note', { remark: '已电话核实。' })
  assert.equal(seen.status, '待派遣')
}

/** Written without a network, kept with its photo, and sent once when the network is back, whatever is lost on the way. */
async function offline(page, { context }) {
  await page.goto(`${city}/`)
  await page.evaluate(() => navigator.serviceWorker.ready.then(() => undefined))
  // The first page came before the worker; from now on it stands between.
  await page.reload()
  await page.waitForFunction(() => navigator.serviceWorker.controller !== null)
  await page.locator('[data-shortcut]').first().waitFor()
  await context.setOffline(true)
  await page.goto(`${city}/cases`)
  await page.getByText('网络不通。可以先写好诉求').waitFor()
  await page.goto(`${city}/report`)
  await page.getByRole('heading', { name: '照片' }).waitFor()
  await page.locator('input[type=file]:not([capture])').setInputFiles(await photo(page, { lon: spot.lon + 0.02, lat: spot.lat }))
  await page.getByRole('img', { name: '第 1 张照片' }).waitFor()
  await next(page)
  await page.getByText('网络不通，位置将在提交时核对。').waitFor()
  await next(page)
  const title = `网络不通时写的 ${run}`
  await fillMatter(page, title)
  await page.getByRole('button', { name: '保存，联网后提交' }).click()
  await page.getByText('已保存，等待网络').waitFor()
  await page.goto(`${city}/`)
  await page.getByText('1 件诉求等待网络').waitFor()

  // The first answer is lost after the service has opened the case: it must not be opened twice.
  let asked = 0
  await page.route('**/api/cases', async (route) => {
    if (route.request().method() !== 'POST') return route.continue()
    asked += 1
    if (asked > 1) return route.continue()
    await route.fetch()
    return route.abort('connectionreset')
  })
  // Nobody does anything: what waits is sent by itself, as soon as there is a network and again when it goes wrong.
  const lost = page.waitForEvent('requestfailed', (request) => request.url().endsWith('/api/cases'))
  await context.setOffline(false)
  await lost
  await page.getByText(/已提交，编号 CG/).waitFor()
  assert.equal(asked, 2)
  await page.getByRole('link', { name: '我的诉求' }).click()
  await page.getByText(title).first().waitFor()
  assert.equal(await page.getByText(title).count(), 1, 'sent once')
}

async function outsideTheCity(page) {
  await beginWithPhoto(page, { lon: 121.47, lat: 31.23 })
  await page.getByText('照片拍摄于本市以外，请另选位置。').waitFor()
  assert.equal(await page.locator('.chosen').count(), 0)
}

async function elderAndEnglish(page) {
  await page.goto(`${city}/`)
  await page.locator('[data-switch=elder]').click()
  await page.locator('[data-shortcut]').first().waitFor()
  const sizes = await page.evaluate(() => {
    const style = getComputedStyle(document.documentElement)
    const shown = [...document.querySelectorAll('a, button, input')].filter((one) => one.offsetParent && !one.closest('.skip'))
    const small = shown.filter((one) => !one.matches('.skip') && one.getBoundingClientRect().height < 60)
    return {
      font: style.fontSize,
      line: style.lineHeight,
      small: small.map((one) => one.textContent?.trim() || one.outerHTML),
      columns: new Set([...document.querySelectorAll('[data-shortcut]')].map((one) => one.getBoundingClientRect().left)).size,
      sideways: document.documentElement.scrollWidth > innerWidth,
    }
  })
  assert.deepEqual(sizes, { font: '20px', line: '32px', small: [], columns: 1, sideways: false })
  await page.reload()
  await page.locator('html[data-elder]').waitFor()
  await page.locator('[data-switch=elder]').click()

  await page.locator('[data-switch=language]').click()
  await page.getByRole('heading', { name: 'What happened?' }).waitFor()
  assert.equal(await page.getAttribute('html', 'lang'), 'en')
  await page.locator('[data-shortcut]', { hasText: 'Street lamp out' }).click()
  await page.getByRole('button', { name: 'Next, without photos' }).waitFor()
  await page.goto(`${city}/cases`)
  await page.getByRole('heading', { name: 'My requests' }).waitFor()
  await page.getByText('You have not reported anything yet.').waitFor()
  await page.locator('[data-switch=language]').click()
}

async function search(page) {
  await page.goto(`${city}/`)
  await page.getByRole('combobox').fill('路灯')
  await page.getByRole('option').first().waitFor()
  await page.getByRole('option').first().click()
  await page.waitForURL(/\/report\?/)
  await page.goto(`${city}/`)
  await page.getByRole('combobox').fill('进度')
  await page.getByRole('option', { name: '我的诉求' }).click()
  await page.waitForURL(/\/cases$/)
}

/** Answers that a journey brings about itself. */
const overtaken = { expected: (answer) => answer.status() === 409 && answer.url().endsWith('/decisions') }
const outside = { expected: (answer) => answer.status() === 422 && answer.url().includes('/api/geo/at') }

const journeys = {
  reporter: [reportAndJoin, overtaken],
  rater: [rateAndReopen],
  traveller: [outsideTheCity, outside],
  hiker: [offline],
  elder: [elderAndEnglish],
  seeker: [search],
}
const asked = process.argv.slice(2)
for (const name of asked.length > 0 ? asked : Object.keys(journeys)) await resident(name, ...journeys[name])
