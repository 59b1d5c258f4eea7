// Every page of residents in every state, against a running demo city (`BAOTU_URL`): what axe finds, hosts, content
// policy, bytes of the first load and shifts of the layout are held to the budgets; one JSON line is printed for each.
// With a folder as its only argument it also leaves a picture of each there.

import assert from 'node:assert/strict'
import { mkdirSync } from 'node:fs'
import process from 'node:process'
import { cityAddress, inBrowser } from './browser.mjs'
import { measure, weigh } from './measures.mjs'

const city = cityAddress()
const folder = process.argv[2]
/** Bytes over the wire at the first load, in kilobytes of 1000 bytes. */
const FIRST_LOAD_KB_MAX = 60
/** A step is over on a busy machine within this, in milliseconds. */
const STEP_MILLIS_MAX = 60_000

const { accounts } = await (await fetch(`${city}/api/demo`)).json()
const resident = accounts.find((account) => account.kind === 'resident')
const amiss = []
if (folder) mkdirSync(folder, { recursive: true })

const hold = async (page, name, weight) => amiss.push(...(await measure(page, name, { folder, weight })))

/** A phone, with the resident signed in unless nobody is. */
async function phone(work, { signed = true, width = 390, height = 844, ...options } = {}) {
  await inBrowser({ width, height, args: ['--disable-3d-apis'], ...options }, async (browser) => {
    const page = await browser.context.newPage()
    page.setDefaultTimeout(STEP_MILLIS_MAX)
    if (signed) {
      await page.goto(`${city}/sign-in`)
      await page.fill('input[name=user]', resident.user)
      await page.fill('input[name=password]', resident.password)
      await page.click('form button[type=submit]')
      await page.getByRole('button', { name: '退出登录' }).waitFor()
    }
    await work(page, browser)
    amiss.push(...browser.faults)
  })
}

const problem = (status, detail) => ({
  status,
  contentType: 'application/problem+json',
  body: JSON.stringify({ title: '', status, detail, code: 'test', trace: '7F3A' }),
})

/** The first load as the network sees it: compressed bytes of the page, its scripts and sheets. */
await phone(
  async (page) => {
    const weighed = await weigh(page, FIRST_LOAD_KB_MAX)
    await page.goto(`${city}/`)
    await page.locator('[data-shortcut]').first().waitFor()
    await page.getByRole('combobox').waitFor()
    await hold(page, 'home', await weighed())
    await page.goto(`${city}/sign-in`)
    await page.getByRole('heading', { name: '登录' }).first().waitFor()
    await hold(page, 'sign-in')
  },
  { signed: false },
)

/** The request that is reported here, so that there is one to look at. */
let number = ''
await phone(async (page) => {
  await page.goto(`${city}/report`)
  await page.getByRole('heading', { name: '照片' }).waitFor()
  await hold(page, 'report-photos')
  await page.getByRole('button', { name: /下一步/ }).click()
  await page.getByRole('combobox').fill('趵突泉')
  await page.getByRole('option').first().click()
  await page.getByRole('button', { name: '在地图上选点' }).click()
  await page.locator('[data-ready=true]').waitFor()
  await hold(page, 'report-place')
  await page.getByRole('button', { name: /下一步/ }).click()
  await page.getByRole('button', { name: /下一步/ }).click()
  await page.getByText('请选择类别').waitFor()
  await hold(page, 'report-matter-faults')
  await page.fill('input[name=title]', '路灯不亮')
  await page.locator('[data-category]').first().click()
  await page.getByRole('button', { name: /下一步/ }).click()
  await page.getByRole('heading', { name: '核对并提交' }).waitFor()
  await hold(page, 'report-send')
  await page.getByRole('button', { name: '提交', exact: true }).click()
  await page.waitForURL(/sent=1/)
  await page.getByText('已提交，编号').waitFor()
  await hold(page, 'report-sent')
  number = decodeURIComponent(new URL(page.url()).pathname.split('/').pop())
})

// The states of a list: those that no request brings about are reached by answering in the service's place.
const REFUSED = { expected: (answer) => answer.url().includes('/api/my/cases') || answer.url().includes('/api/cases/') }
await phone(async (page) => {
  const answered = async (name, answer, seen) => {
    await page.route('**/api/my/cases*', answer)
    await page.goto(`${city}/cases`)
    await seen()
    await hold(page, name)
    await page.unroute('**/api/my/cases*')
  }
  // Left without an answer until the page is left.
  await answered(
    'cases-loading',
    () => undefined,
    () => page.locator('.skeleton').first().waitFor(),
  )
  await page.goto(`${city}/cases`)
  await page.locator('.row-link').first().waitFor()
  await hold(page, 'cases')
  await answered(
    'cases-empty',
    (route) => route.fulfill({ json: { rows: [], next: null } }),
    () => page.getByText('您还没有反映过问题。').waitFor(),
  )
  await answered(
    'cases-error',
    (route) => route.fulfill(problem(500, '操作没有完成，请稍后重试。')),
    () => page.getByText('（编号 7F3A）').waitFor(),
  )
  await answered(
    'cases-no-permission',
    (route) => route.fulfill(problem(403, '居民账号没有查看诉求的权限，由安全管理员授予。')),
    () => page.getByText('没有权限：').waitFor(),
  )
  await answered(
    'cases-unreachable',
    (route) => route.abort(),
    () => page.getByText('无法连接服务。').waitFor(),
  )
  await page.goto(`${city}/cases/JN19990101000001`)
  await page.getByText('没有找到这件诉求。').waitFor()
  await hold(page, 'case-missing')
  await page.goto(`${city}/notices`)
  await page.locator('main .card').first().waitFor()
  await hold(page, 'notices')
  await page.goto(`${city}/`)
  await page.evaluate(() => navigator.serviceWorker.ready.then(() => undefined))
  await page.context().setOffline(true)
  await page.goto(`${city}/`)
  await page.getByText('网络不通。').waitFor()
  await hold(page, 'home-offline')
  await page.context().setOffline(false)
}, REFUSED)

// Elder mode and English; twice the size on a phone and on an office screen; and that screen itself.
const VARIANTS = {
  elder: [{}, '[data-switch=elder]', 'html[data-elder]'],
  english: [{}, '[data-switch=language]', 'html[lang=en]'],
  'phone-200': [{ width: 195, height: 422 }],
  'office-200': [{ width: 683, height: 384 }],
  office: [{ width: 1366, height: 768 }],
}
for (const [variant, [size, button, there]] of Object.entries(VARIANTS)) {
  await phone(async (page) => {
    const visit = async (name, path, seen) => {
      await page.goto(`${city}${path}`)
      await page.locator(seen).first().waitFor()
      await hold(page, `${name}-${variant}`)
    }
    if (button) {
      await page.locator(button).click()
      await page.locator(there).waitFor()
    }
    await visit('home', '/', '[data-shortcut]')
    await visit('report', '/report', 'input[type=file]')
    await visit('cases', '/cases', '.row-link')
    await visit('case', `/cases/${number}`, '.stages')
    await visit('notices', '/notices', 'main .card')
  }, size)
}
assert.deepEqual(amiss, [])
