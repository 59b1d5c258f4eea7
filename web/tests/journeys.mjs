// Journeys of people through the screens, against a running demo city (`BAOTU_URL`): a resident reports, officials
// dispatch, handle, review and call back, and the resident rates. Ends with a failure at the first thing amiss.

import assert from 'node:assert/strict'
import { inBrowser } from './browser.mjs'
import { city, handlingUnit, picture, run, withRole } from './officials.mjs'

/** A case changes hands on a busy machine within this, in milliseconds. */
const STEP_MILLIS_MAX = 60_000

/** One official of each role, and a unit that has both a receiver and a handler. */
function cast() {
  const unit = handlingUnit()
  return {
    unit,
    agent: withRole('话务员'),
    dispatcher: withRole('派单员'),
    receiver: withRole('工单联络员', unit),
    handler: withRole('承办人', unit),
    reviewer: withRole('审核员'),
    caller: withRole('回访员'),
  }
}

/** A page of the desk with somebody signed in, in a browser of their own. */
async function atDesk(account, work, options) {
  await inBrowser(options, async (browser) => {
    const page = await browser.context.newPage()
    page.setDefaultTimeout(STEP_MILLIS_MAX)
    await page.goto(`${city}/desk`)
    await page.fill('input[name=user]', account.user)
    await page.fill('input[name=password]', account.password)
    await page.click('button[type=submit]')
    await page.getByRole('heading', { name: '今日工作' }).waitFor()
    await work(page, browser)
    assert.deepEqual(browser.faults, [], `${account.title} ${account.name}`)
  })
}

/** Opens a case through the list, as an official would. */
async function find(page, number) {
  await page.getByRole('link', { name: '待办案件' }).click()
  await page.getByRole('heading', { name: '待办案件' }).waitFor()
  await page.keyboard.press('/')
  await page.keyboard.type(number)
  await page.keyboard.press('Enter')
  await page.waitForURL((url) => url.searchParams.get('q') === number)
  await page.getByText('本页 1 件').waitFor()
  await page.getByRole('link', { name: number }).waitFor()
  await page.keyboard.press('j')
  await page.keyboard.press('Enter')
  await page.waitForURL(`**/desk/cases/${number}`)
}

/** Carries out what a case offers; `fill` fills in its form. */
async function act(page, take, fill = async () => undefined) {
  const button = page.locator(`[data-take="${take}"]`)
  const title = (await button.innerText()).trim()
  await button.click()
  const form = page.locator('form.form')
  await fill((name) => form.locator(`[data-field="${name}"]`))
  await form.locator('button[type=submit]').click()
  await page.getByText(`“${title}”已提交`).waitFor()
}

const answers = (field) => field('contacted').getByText('是', { exact: true })

async function report(page, title) {
  await page.goto(`${city}/`)
  await page.getByRole('link', { name: /随手拍/ }).click()
  await page.getByRole('heading', { name: '照片' }).waitFor()
  await page.setInputFiles('input[type=file]:not([capture])', await picture(page, 2400, 1800))
  await page.getByText('1/4').waitFor()
  await page.getByRole('button', { name: '下一步' }).click()

  await page.getByRole('combobox').fill('趵突泉')
  await page.getByRole('option').first().click()
  await page.getByText('趵突泉').first().waitFor()
  await page.getByRole('button', { name: '在地图上选点' }).click()
  await page.locator('[data-ready=true]').waitFor({ timeout: 60_000 })
  await page.fill('input[name=address]', '公园南门外')
  await page.getByRole('button', { name: '下一步' }).click()

  await page.getByText('提诉求', { exact: true }).click()
  await page.getByRole('button', { name: '下一步' }).click()
  await page.getByText('请选择类别').waitFor()
  await page.fill('input[name=title]', title)
  await page.fill('textarea[name=text]', '晚上七点以后整条路段路灯不亮，行人不安全，希望尽快维修。')
  await page.locator('[data-category]').first().click()
  await page.getByText('求助', { exact: true }).click()
  await page.getByRole('button', { name: '下一步' }).click()

  // Only now somebody has to say who they are, and nothing of the report is lost over it.
  await page.getByRole('link', { name: '登录后提交' }).click()
  await page.getByRole('button', { name: '没有账号，注册一个' }).click()
  await page.fill('input[name=user]', `journey-${run}`)
  await page.fill('input[name=password]', 'Journey-2026-lamp')
  await page.fill('input[name=name]', '旅小程')
  await page.fill('input[name=phone]', '13800001234')
  await page.getByRole('button', { name: '注册', exact: true }).click()
  await page.getByRole('heading', { name: '核对并提交' }).waitFor()
  await page.getByText(title).first().waitFor()
  await page.getByRole('button', { name: '提交', exact: true }).click()
  await page.waitForURL(/\/cases\/.+sent=1/)
  const number = decodeURIComponent(new URL(page.url()).pathname.split('/').pop())
  await page.getByText(`已提交，编号 ${number}`).waitFor()
  await page.locator('.strip img').first().waitFor()
  return number
}

async function wholeLoop(phone, wall) {
  const people = cast()
  const title = `泺源大街路灯不亮 ${run}`
  const screen = await wall.context.newPage()
  await screen.goto(`${city}/screen`)
  await screen.locator('[data-ready=true]').waitFor({ timeout: 60_000 })
  await screen.getByText('已连接').waitFor()

  const resident = await phone.context.newPage()
  resident.setDefaultTimeout(STEP_MILLIS_MAX)
  const number = await report(resident, title)
  console.log(`reported ${number}`)
  await screen.locator('.events li', { hasText: '立案' }).first().waitFor({ timeout: STEP_MILLIS_MAX })

  await atDesk(people.agent, async (page) => {
    await find(page, number)
    await act(page, 'accept')
  })
  console.log('taken in')

  await atDesk(
    people.dispatcher,
    async (page, { context }) => {
      await find(page, number)
      // A second tab writes a note first; the first one is told, reloads and goes on with what was typed.
      const other = await context.newPage()
      await other.goto(`${city}/desk/cases/${number}`)
      await page.locator('[data-take="dispatch"]').click()
      await page.getByRole('heading', { name: '建议单位' }).waitFor()
      await act(other, 'note', (field) => field('remark').locator('textarea').fill('已电话核实位置。'))
      await other.close()
      const form = page.locator('form.form')
      await form.getByRole('combobox').fill(people.unit)
      await form.getByRole('option', { name: people.unit }).first().click()
      await form.locator('[data-field="opinion"] textarea').fill('请核实后维修，并回复诉求人。')
      await form.locator('button[type=submit]').click()
      await page.getByText('已被他人更新，请刷新').waitFor()
      await page.getByRole('button', { name: '刷新' }).click()
      await page.getByText('已电话核实位置。').first().waitFor()
      await form.locator('button[type=submit]').click()
      await page.getByText('已提交，当前状态').waitFor()
      await page.getByText(people.unit).first().waitFor()
    },
    { expected: (answer) => answer.status() === 409 },
  )
  console.log('dispatched')

  await atDesk(people.receiver, async (page) => {
    await find(page, number)
    await act(page, 'sign')
  })
  await atDesk(people.handler, async (page) => {
    await find(page, number)
    await page.getByRole('button', { name: '查看联系方式' }).click()
    await page.locator('[data-purpose="handle-case"]').click()
    await page.getByText('13800001234').waitFor()
    await act(page, 'contact', async (field) => {
      await answers(field).click()
      await field('manner').getByText('电话', { exact: true }).click()
    })
    // A form with gaps is told of them and not sent; the word of the last act is gone by then.
    await page.locator('[data-take="resolve"]').click()
    assert.equal(await page.getByText('已提交，当前状态').count(), 0)
    await page.locator('form.form button[type=submit]').click()
    await page.getByText('请填写答复诉求人').waitFor()
    await page.locator('[data-take="resolve"]').click()
    await act(page, 'resolve', async (field) => {
      await field('result').locator('textarea').fill('更换损坏的控制器，二十盏路灯恢复照明。')
      await field('public_reply').locator('textarea').fill('您好，路灯控制器已更换，照明已恢复。')
      await field('photos').locator('input[type=file]').setInputFiles(await picture(page))
      await field('photos').getByText('1/9').waitFor()
    })
  })
  console.log('handled')

  await atDesk(people.reviewer, async (page) => {
    await find(page, number)
    await page.getByText('您好，路灯控制器已更换').first().waitFor()
    await act(page, 'approve')
  })
  await atDesk(people.caller, async (page) => {
    await find(page, number)
    await act(page, 'approve', async (field) => {
      for (const name of ['contacted', 'solved', 'satisfied']) {
        await field(name).getByText('是', { exact: true }).click()
      }
    })
  })
  console.log('reviewed and called back')

  await resident.reload()
  await resident.getByText('您好，路灯控制器已更换').first().waitFor()
  await act(resident, 'rate', async (field) => {
    await field('grade').getByText('非常满意', { exact: true }).click()
    await field('reason').locator('textarea').fill('修得很快。')
  })
  await resident.getByText('您的评价：非常满意').waitFor()
  await resident.getByText('已办结').first().waitFor()
  await resident.getByRole('link', { name: '我的诉求' }).click()
  await resident.getByText(title).waitFor()
  assert.deepEqual(phone.faults, [], 'the resident')
  assert.deepEqual(wall.faults, [], 'the live screen')
  console.log('rated and closed')
}

const [onPhone, onWall] = [{ width: 390, height: 844 }, { width: 1920, height: 1080 }]
await inBrowser(onPhone, (phone) => inBrowser(onWall, (wall) => wholeLoop(phone, wall)))
