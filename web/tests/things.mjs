// Things report, against a running demo city (`BAOTU_URL`): an operator registers devices, they report over HTTP, the
// page shows readings and the time without any, an alarm is raised, explained and acknowledged, a command is sent; and a
// resident sees what the air is like, and when that was. Ends with a failure at the first thing amiss.

import assert from 'node:assert/strict'
import { inBrowser } from './browser.mjs'
import { measure } from './measures.mjs'
import { atDesk, city, press, run, tabTo, withRole } from './officials.mjs'

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const [meter, station] = [`GM-${run}`, `AQ-${run}`]
const amiss = []
const hold = async (page, name) => amiss.push(...(await measure(page, name)))

/** The city's own time, in milliseconds: a demo's runs otherwise than the wall's. */
const now = async () => Date.parse((await (await fetch(`${city}/api/demo`)).json()).now)
const iso = (millis) => new Date(millis).toISOString()

/** A device reports as it would: with its code and secret. */
async function report(code, secret, messages) {
  const answer = await fetch(`${city}/things/readings`, {
    method: 'POST',
    headers: {
      authorization: `Basic ${Buffer.from(`${code}:${secret}`).toString('base64')}`,
      'content-type': 'application/json',
    },
    body: JSON.stringify(messages),
  })
  return { status: answer.status, text: await answer.text() }
}
async function reported(code, secret, messages) {
  const { status, text } = await report(code, secret, messages)
  assert.ok(status < 300, `${code}: ${status} ${text}`)
}

/** Registers a device in the dialog; answers with its secret, which is told this once. */
async function register(page, code, type, name) {
  await press(page, page.locator('[data-act=register]'))
  const dialog = page.getByRole('dialog', { name: '登记设备' })
  await dialog.locator('input[name=code]').fill(code)
  await dialog.locator('select[name=type]').selectOption({ value: type })
  await dialog.locator('input[name=name]').fill(name)
  await dialog.getByRole('combobox', { name: '位置' }).fill('趵突泉')
  await dialog.locator('li[role=option]').first().click()
  await dialog.getByText('趵突泉').first().waitFor()
  await dialog.getByRole('button', { name: '登记', exact: true }).click()
  const told = dialog.locator('[data-secret]')
  await told.waitFor()
  await told.getByRole('button', { name: '复制密钥' }).waitFor()
  return told.locator('code').innerText()
}

await atDesk(withRole('物联网值守员'), async (page, browser) => {
  const { context } = browser
  await press(page, page.getByRole('link', { name: '物联设备' }))
  await page.getByRole('heading', { name: '物联设备' }).waitFor()
  const stationSecret = await register(page, station, 'air-station', `${station} 空气站`)
  await page.keyboard.press('Escape')
  const secret = await register(page, meter, 'gas-meter', `${meter} 燃气表`)
  await page.getByRole('link', { name: '查看设备' }).click()
  await page.getByRole('heading', { name: `${meter} 燃气表` }).waitFor()
  await page.getByText('从未上报').first().waitFor()
  const id = new URL(page.url()).pathname.split('/').pop()
  console.log(`registered: ${meter}, ${station}`)

  // Four hours, without two of them; and what the device should not have said.
  const at = await now()
  const gas = (minutes, concentration) => ({
    time: iso(at - minutes * MINUTE),
    values: { 'gas-total': 1_500 - minutes, 'gas-concentration': concentration, battery: 3.6 },
  })
  await reported(meter, secret, [300, 270, 240, 210, 60, 30].map((minutes) => gas(minutes, 0.4)))
  assert.equal((await report(meter, 'not-the-secret', [gas(20, 0.4)])).status, 401)
  assert.equal((await report(meter, secret, [{ time: iso(at + 5 * HOUR), values: { battery: 3 } }])).status, 422)
  await reported(station, stationSecret, [
    { time: iso(at - 5 * MINUTE), values: { so2: 9, no2: 30, co: 0.7, o3: 60, pm10: 40, pm25: 60 } },
  ])

  await page.reload()
  await page.locator('[data-property=gas-concentration]').getByText('0.4').waitFor()
  await page.getByRole('combobox', { name: '观测属性' }).selectOption({ label: '燃气浓度' })
  await page.locator('svg.plot').waitFor()
  assert.equal(await page.locator('svg.plot polyline.line').count(), 2, 'the line breaks where nothing was said')
  await page.getByText(/无数据 \d 段/).waitFor()
  const oddities = page.locator('[data-panel=mishaps]')
  await oddities.getByText('编号或密钥不符').waitFor()
  await oddities.getByText('设备时钟超前').waitFor()
  await hold(page, 'thing')
  await page.getByRole('button', { name: '查看数据' }).click()
  await page.getByText(/没有读数/).first().waitFor()
  await page.getByRole('button', { name: '查看图' }).click()
  const csv = await context.request.get(`${city}${await page.locator('[data-format=csv]').getAttribute('href')}`)
  assert.match(csv.headers()['content-type'] ?? '', /^text\/csv/)
  assert.equal((await csv.text()).trim().split('\r\n').length, 7, 'a head and six readings')
  console.log('readings, a gap and oddities are shown')

  await press(page, page.locator('[data-command=close-valve]'))
  await page.getByRole('dialog', { name: '下发“关阀”？' }).locator('[data-act=send]').click()
  await page.locator('[data-panel=commands] [data-state=waiting]').getByText('等待上线').waitFor()
  console.log('a command waits for its device')

  await reported(meter, secret, [gas(0, 42)])
  await press(page, page.getByRole('link', { name: '设备报警' }))
  await page.getByRole('heading', { name: '设备报警' }).waitFor()
  const row = page.locator('tr[data-alarm]', { hasText: meter })
  // The list is read anew by itself.
  await row.waitFor()
  await row.getByText('重大').waitFor()
  await hold(page, 'alarms')
  await row.getByRole('link', { name: '燃气浓度高' }).click()
  await page.getByText(/燃气浓度 42\.0\s?%LEL，超过限值/).waitFor()
  await page.getByText('gas-concentration-max').waitFor()
  await tabTo(page, page.locator('textarea[name=opinion]'))
  await page.keyboard.type('已通知燃气公司到场关阀。')
  await press(page, page.getByRole('button', { name: '确认报警' }))
  await page.locator('[data-panel=acknowledge]').getByText('已通知燃气公司到场关阀。').waitFor()
  await page.getByText('已确认').first().waitFor()
  await hold(page, 'alarm')
  await page.getByRole('link', { name: `${meter} 燃气表` }).click()
  await page.waitForURL(`**/desk/things/${id}`)
  await page.locator('[data-panel=alarms]').getByText('燃气浓度高', { exact: true }).waitFor()
  console.log('an alarm is explained and acknowledged')

  await page.goto(`${city}/desk/alarms?part=rules`)
  const rule = page.locator('[data-rule=gas-leaks]')
  await rule.locator('summary').click()
  await rule.locator('[data-act=replay]').click()
  await rule.locator('select[name=days]').selectOption({ label: '最近 1 天' })
  await rule.getByRole('button', { name: '回放', exact: true }).click()
  await rule.locator('[data-answer]').getByText(/会报警 \d+ 次/).waitFor()
  await hold(page, 'rules')
  await page.goto(`${city}/desk/things?q=${meter}&kind=gas-meter`)
  await page.locator(`tr[data-code="${meter}"]`).getByText('重大 1').waitFor()
  await page.keyboard.press('j')
  await hold(page, 'things')
  await page.keyboard.press('Enter')
  await page.waitForURL(`**/desk/things/${id}`)
  // A wrong secret and a clock that is ahead were meant; the pages themselves met with no refusal.
})

await inBrowser({ width: 390, height: 844 }, async (browser) => {
  const page = await browser.context.newPage()
  await page.goto(`${city}/`)
  await page.getByRole('link', { name: '环境与停车' }).click()
  const own = page.locator(`[data-station="${station}"]`)
  await own.getByText('良').waitFor()
  await own.locator('[data-time]').getByText('数据时间').waitFor()
  await hold(page, 'air')
  await page.locator('[data-act=map]').click()
  await page.locator('figure.map[data-ready=true]').waitFor()
  await hold(page, 'air-map')
  await own.click()
  await page.getByRole('heading', { name: `${station} 空气站` }).waitFor()
  await page.getByText('评价依据：HJ 633').waitFor()
  await page.locator('svg.plot').waitFor()
  await hold(page, 'station')
  const open = await browser.context.request.get(`${city}${await page.locator('[data-format=json]').getAttribute('href')}`)
  assert.equal((await open.json()).readings.length, 1)
  // What is not public is not found, whoever asks for it.
  assert.equal((await browser.context.request.get(`${city}/api/stations/${meter}`)).status(), 404)
  assert.deepEqual(browser.faults, [], 'a resident')
  console.log('a resident sees the index and its time')
})

// The wall is open to everybody: it counts devices and tells of the alarm, and names no device.
const [wall, alarms] = await Promise.all(
  ['/api/thing-map', '/api/alarms/public'].map(async (path) => (await fetch(`${city}${path}`)).text()),
)
assert.ok(JSON.parse(wall).types.some((type) => type.name === 'gas-meter' && type.things > 0 && type.heard.length === 0))
assert.ok(JSON.parse(alarms).rows.some((alarm) => alarm.rule === 'gas-leaks' && alarm.acknowledged))
for (const text of [wall, alarms]) assert.ok(!text.includes(meter) && !text.includes('趵突泉'))
assert.deepEqual(amiss, [])
