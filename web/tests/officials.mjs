// People at the desk for its journeys: signed in with the keyboard, moving by it, and beside the screens speaking to the
// interface itself.

import assert from 'node:assert/strict'
import { cityAddress, inBrowser } from './browser.mjs'

export const city = cityAddress()
/** A page on a busy machine shows what it has within this, in milliseconds. */
const STEP_MILLIS_MAX = 60_000
/** Nothing on a page needs more presses of Tab than this. */
const TABS_MAX = 150
export const run = Date.now().toString(36)

const { accounts } = await (await fetch(`${city}/api/demo`)).json()
export const officials = accounts.filter((account) => account.kind === 'official')
export function withRole(role, unit) {
  const found = officials.find((one) => one.roles.includes(role) && (!unit || one.unit_name === unit))
  assert.ok(found, `the demo has no ${role} ${unit ?? ''}`)
  return found
}

/** Speaks to the interface as somebody, beside the screens. */
export async function speaking({ user, password }) {
  const send = async (method, path, body, token) => {
    const answer = await fetch(`${city}${path}`, {
      method,
      headers: {
        'content-type': 'application/json',
        ...(token ? { authorization: `Bearer ${token}` } : {}),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    const told = answer.status === 204 ? null : await answer.json()
    assert.ok(answer.ok, `${method} ${path}: ${JSON.stringify(told)}`)
    return told
  }
  const { token, posts } = await send('POST', '/api/session', { user, password, bearer: true })
  if (posts[0]) await send('POST', '/api/session/post', { post: posts[0].code }, token)
  return {
    get: (path) => send('GET', path, undefined, token),
    post: (path, body) => send('POST', path, body, token),
    act: (number, take, form = {}) => send('POST', `/api/cases/${number}/decisions`, { take, form }, token),
  }
}

/** A page of the desk with somebody signed in, in a browser of their own. */
export async function atDesk(account, work, options = {}) {
  await inBrowser(options, async (browser) => {
    const page = await browser.context.newPage()
    page.setDefaultTimeout(STEP_MILLIS_MAX)
    await page.goto(`${city}/desk/sign-in`)
    await tabTo(page, page.locator('input[name=user]'))
    await page.keyboard.type(account.user)
    await page.keyboard.press('Tab')
    await page.keyboard.type(account.password)
    await page.keyboard.press('Enter')
    await page.getByRole('heading', { name: '今日工作' }).waitFor()
    await work(page, browser)
    assert.deepEqual(browser.faults, [], `${account.title} ${account.name}`)
  })
}

/** Presses Tab until the thing has the focus, and checks that the focus can be seen. */
export async function tabTo(page, locator, key = 'Tab') {
  await locator.waitFor()
  for (let turn = 0; turn < TABS_MAX; turn += 1) {
    if (await locator.evaluate((element) => element === document.activeElement)) {
      const seen = await locator.evaluate((element) => {
        const shown = (one) => getComputedStyle(one).outlineStyle !== 'none' && getComputedStyle(one).outlineWidth !== '0px'
        return shown(element) || (element.parentElement !== null && shown(element.parentElement))
      })
      assert.ok(seen, `the focus cannot be seen on ${locator}`)
      return
    }
    await page.keyboard.press(key)
  }
  assert.fail(`no way to ${locator} by ${key}`)
}

export const press = async (page, locator, key = 'Enter') => {
  await tabTo(page, locator)
  await page.keyboard.press(key)
}

/** Finds a case in the list of what is to be done, and marks it. */
export async function mark(page, number) {
  await press(page, page.getByRole('link', { name: '待办案件' }))
  await page.getByRole('heading', { name: '待办案件' }).waitFor()
  await page.keyboard.press('/')
  await page.keyboard.type(number)
  await page.keyboard.press('Enter')
  await page.waitForURL((url) => url.searchParams.get('q') === number)
  await page.getByText('本页 1 件').waitFor()
  await page.keyboard.press('j')
  await page.locator(`tr.at[data-number="${number}"]`).waitFor()
}

export async function open(page, number) {
  await mark(page, number)
  await page.keyboard.press('Enter')
  await page.waitForURL(`**/desk/cases/${number}`)
}

export const acted = (page, title) => page.getByText(`“${title}”已提交`).waitFor()

/** A picture of one colour, made by the browser itself, in pixels. */
export async function picture(page, width = 800, height = 600) {
  const bytes = await page.evaluate(
    async ([width, height]) => {
      const canvas = Object.assign(document.createElement('canvas'), { width, height })
      canvas.getContext('2d').fillRect(0, 0, width, height)
      const blob = await new Promise((resolve) => canvas.toBlob(resolve, 'image/png'))
      return [...new Uint8Array(await blob.arrayBuffer())]
    },
    [width, height],
  )
  return { name: 'street.png', mimeType: 'image/png', buffer: Buffer.from(bytes) }
}

/** Requests as the hotline takes them, straight through the interface. */
export async function given(count, words) {
  const agent = await speaking(withRole('话务员'))
  const numbers = []
  for (let turn = 0; turn < count; turn += 1) {
    const opened = await agent.post('/api/cases', {
      procedure: 'hotline-ticket',
      category: '010101',
      kind: '求助',
      channel: '电话',
      level: turn === 0 ? '紧急' : '一般',
      title: `${words} ${turn} ${run}`,
      place: { lon: 117.016 + turn * 0.002, lat: 36.661 },
      contact: { name: '孙小平', phone: '13800005555' },
    })
    numbers.push(opened.number)
  }
  return numbers
}

/** A hotline ticket in the hands of a unit, signed; the unit's code with it. */
export async function handedTo(number, unit) {
  await (await speaking(withRole('话务员'))).act(number, 'accept')
  return dispatchedAgain(number, unit)
}

export async function dispatchedAgain(number, unit) {
  const dispatcher = await speaking(withRole('派单员'))
  const { units } = await dispatcher.get(`/api/units?q=${encodeURIComponent(unit)}`)
  const code = units.find((one) => one.name === unit)?.code
  await dispatcher.act(number, 'dispatch', { unit: code, opinion: '请办理' })
  await (await speaking(withRole('工单联络员', unit))).act(number, 'sign')
}

/** Takes a hotline ticket from intake to the step in which its reporter rates it. */
export async function handled(number, reply) {
  const unit = handlingUnit()
  await handedTo(number, unit)
  const handler = await speaking(withRole('承办人', unit))
  await handler.act(number, 'resolve', { result: '已到现场处理', public_reply: reply })
  await (await speaking(withRole('审核员'))).act(number, 'approve')
  const caller = await speaking(withRole('回访员'))
  await caller.act(number, 'approve', { contacted: true, solved: true, satisfied: true })
}

/** A unit that both receives and handles. */
export function handlingUnit(ending = '城市管理局') {
  const unit = officials.find(
    (one) =>
      one.roles.includes('工单联络员') &&
      one.unit_name.endsWith(ending) &&
      officials.some((other) => other.unit_name === one.unit_name && other.roles.includes('承办人')),
  )?.unit_name
  assert.ok(unit, 'no unit of the demo can both receive and handle')
  return unit
}

/** A place in the district whose name a unit bears. */
async function placeIn(unit) {
  const { division } = await (await fetch(`${city}/api/city`)).json()
  const districts = await (await fetch(`${city}/api/geo/divisions?parent=${division}`)).json()
  const found = districts.find(({ name, lon }) => unit.includes(name) && lon !== null)
  assert.ok(found, `no district in ${unit}`)
  return { lon: found.lon, lat: found.lat }
}

/** An urban case that waits for an inspector's verification, in the street of that inspector. */
export async function inTheStreet(inspector, title) {
  const place = await placeIn(inspector.unit_name)
  const clerk = await speaking(withRole('受理员'))
  const { number } = await clerk.post('/api/cases', {
    procedure: 'urban-case',
    category: '01001',
    channel: '网页',
    title: `${title} ${run}`,
    place,
    form: {},
  })
  await clerk.act(number, 'verify')
  return { number, ...place }
}
