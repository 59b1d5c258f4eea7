// The pages of the desk themselves: in every state, on paper, how fast they answer a key, and what must hold on each of
// them at every size. Parts of `desk.mjs`; `DESK_SHOTS` names a folder for a picture of each page, `DESK_WIDTH` some of
// the sizes.

import assert from 'node:assert/strict'
import { mkdirSync } from 'node:fs'
import process from 'node:process'
import { measure, weigh } from './measures.mjs'
import { atDesk, city, given, inTheStreet, press, run, withRole } from './officials.mjs'

const folder = process.env.DESK_SHOTS
if (folder) mkdirSync(folder, { recursive: true })

/** Bytes over the wire at the first load, in kilobytes of 1000 bytes. */
const FIRST_LOAD_KB_MAX = 260
/** Rows of a list that are seen at 1080p without scrolling. */
const ROWS_SEEN = 20
/** How often a key is pressed for its time to be told. */
const PRESSES = 5
const MAP_MILLIS_MAX = 60_000

const answered = (status, body) => (route) =>
  route.fulfill({ status, contentType: 'application/problem+json', body: JSON.stringify({ title: '', status, ...body }) })

const rows = (page) => page.locator('tbody tr').first()
const inspector = () => withRole('监督员')

/** Every page there is: its name, address, who looks, what it has when it is there, and what it asks for. */
async function pagesOf() {
  const [number] = await given(22, '巡检')
  const { number: task } = await inTheStreet(inspector(), '雨水箅子破损')
  const clerk = withRole('派单员')
  const keeper = withRole('系统管理员')
  return [
    ['my day', '/desk', clerk, (page) => page.locator('.tiles').waitFor(), '**/api/queues'],
    ['queue', '/desk/queue?queue=all', clerk, (page) => rows(page).waitFor(), '**/api/cases?*'],
    ['map', '/desk/queue?queue=all&map=1', clerk, (page) => page.locator('.map[data-ready=true]').waitFor({ timeout: MAP_MILLIS_MAX })],
    ['notices', '/desk/notices', clerk, (page) => page.getByRole('heading', { name: '通知' }).waitFor(), '**/api/notices*'],
    ['case', `/desk/cases/${number}`, withRole('话务员'), (page) => page.locator('.acts').waitFor(), `**/api/cases/${number}`],
    ['intake', '/desk/intake', withRole('话务员'), (page) => page.locator('input[name=phone]').waitFor(), '**/api/procedures'],
    ['supervision', '/desk/supervision?mark=supervised', withRole('督办员'), (page) => page.locator('main .card').waitFor(), '**/api/cases?*'],
    ['field', '/desk/field', inspector(), (page) => page.locator('li.card').first().waitFor(), '**/api/cases?*'],
    ['task', `/desk/field/${task}`, inspector(), (page) => page.locator('.acts').waitFor(), `**/api/cases/${task}`],
    ...['overview', 'procedures', 'functions', 'grants', 'calendar', 'trial'].map((part) => [
      `pack ${part}`,
      `/desk/pack?part=${part}`,
      keeper,
      (page) => page.locator('main .card').first().waitFor(),
      ...(part === 'overview' ? ['**/api/pack'] : []),
    ]),
  ]
}

/** Pages by who looks at them, so that nobody signs in more often than needed. */
function byReader(pages) {
  return [...new Set(pages.map(([, , account]) => account))].map((account) => [
    account,
    pages.filter(([, , other]) => other === account),
  ])
}

export async function statesOfPages() {
  const refused = { expected: (answer) => [403, 404, 500].includes(answer.status()) }
  for (const [account, pages] of byReader(await pagesOf())) {
    await atDesk(
      account,
      async (page, { context }) => {
        for (const [name, path, , ready, asked] of pages.filter((one) => one[4])) {
          // A fault: what failed, with its number, and a way to try again.
          await context.route(asked, answered(500, { code: 'fault', detail: '', trace: '7F3A' }))
          await page.goto(`${city}${path}`)
          await page.getByText('（编号 7F3A）').waitFor()
          await context.unroute(asked)
          await press(page, page.getByRole('button', { name: '重试' }))
          await ready(page)
          // Nobody answers.
          await context.route(asked, (route) => route.abort())
          await page.goto(`${city}${path}`)
          await page.getByText('无法连接服务').waitFor()
          await context.unroute(asked)
          console.log(JSON.stringify({ page: name, states: ['wrong', 'unreachable'] }))
        }
      },
      refused,
    )
  }
  const lists = '**/api/cases?*'
  await atDesk(
    withRole('派单员'),
    async (page, { context }) => {
      // Empty: why, and what next.
      await page.goto(`${city}/desk/queue?queue=all&q=${run}无此案件`)
      await page.getByText('没有符合条件的案件。').waitFor()
      await press(page, page.locator('main').getByRole('button', { name: '清除筛选' }).last())
      await rows(page).waitFor()
      // The service goes away: what was there stays, with its time.
      await context.route(lists, (route) => route.abort())
      await page.locator('select[aria-label=级别]').selectOption('一般')
      await page.getByText('无法连接服务').waitFor()
      await page.getByText(/^数据截至 /).waitFor()
      assert.ok(await page.locator('tbody tr').count(), 'the rows stay')
      await context.unroute(lists)
      await press(page, page.getByRole('button', { name: '重试' }))
      await page.getByText(/^数据截至 /).waitFor({ state: 'detached' })
      // Slow: first a skeleton, then words.
      let letGo
      const held = new Promise((resolve) => (letGo = resolve))
      await context.route(lists, async (route) => {
        await held
        await route.continue()
      })
      await page.goto(`${city}/desk/queue?queue=all&open=true`)
      await page.locator('.skeleton').first().waitFor()
      await page.getByText('加载较慢，仍在尝试。').waitFor()
      letGo()
      await rows(page).waitFor()
      await context.unroute(lists)
      // No permission: which right, and who grants it.
      await page.goto(`${city}/desk/pack`)
      await page.getByText('没有权限查看城市包').waitFor()
      await page.getByText('权限由安全管理员授予').waitFor()
      await page.goto(`${city}/desk/intake`)
      await page.getByText('当前岗位不能登记案件').waitFor()
      await page.goto(`${city}/desk/cases/JN00000000000000`)
      await page.getByText('没有找到这件案件').waitFor()
    },
    refused,
  )
  console.log('empty, wrong, unreachable, stale, slow and forbidden are told')
}

/** A list and a case as they go to paper: nothing to press, all to read, and a word on where the sheet comes from. */
export async function onPaper() {
  const [number] = await given(1, '打印')
  const agent = withRole('话务员')
  await atDesk(agent, async (page) => {
    const sheet = async (name, path, shown) => {
      await page.goto(`${city}${path}`)
      await shown()
      await page.getByRole('button', { name: '打印' }).waitFor()
      await page.emulateMedia({ media: 'print' })
      await page.getByText(/打印时间 \d{4}-\d\d-\d\d \d\d:\d\d/).waitFor()
      assert.ok((await page.locator('main').innerText()).includes(agent.name), `${name} says who took it out`)
      assert.equal(await page.locator('button:not(.sort):visible, nav:visible, select:visible, canvas:visible').count(), 0, `${name} has nothing to press`)
      if (folder) await page.screenshot({ path: `${folder}/paper-${name}.png`, fullPage: true })
      const pdf = await page.pdf({ preferCSSPageSize: true })
      await page.emulateMedia({ media: 'screen' })
      return /\/MediaBox \[0 0 ([\d.]+) ([\d.]+)\]/.exec(pdf.toString('latin1')).slice(1).map(Number)
    }
    const [wide, high] = await sheet('list', '/desk/queue?queue=all&level=紧急', async () => {
      await page.locator(`tr[data-number="${number}"]`).waitFor()
    })
    assert.ok(wide > high, 'a list lies on its side')
    const [narrow, tall] = await sheet('case', `/desk/cases/${number}`, () => page.locator('.timeline').waitFor())
    assert.ok(narrow < tall, 'a case stands upright')
    await page.emulateMedia({ media: 'print' })
    await page.locator('.timeline').getByText('立案').first().waitFor()
    assert.equal(await page.locator('.acts:visible').count(), 0)
  })
  console.log('a list and a case go to paper')
}

/** From a key to what it brings, in milliseconds as the page itself sees them; told, not judged. */
export async function howFast() {
  const numbers = await given(PRESSES, '快慢')
  /** From the next press of a key to the first frame that has something which was not there before. */
  const timed = async (page, key, selector) => {
    await page.evaluate((wanted) => {
      globalThis.__millis = new Promise((resolve) => {
        const pressed = ({ timeStamp }) => {
          const look = () => {
            if (document.querySelector(wanted)) resolve(performance.now() - timeStamp)
            else requestAnimationFrame(look)
          }
          requestAnimationFrame(look)
        }
        addEventListener('keydown', pressed, { capture: true, once: true })
      })
    }, selector)
    await page.keyboard.press(key)
    return Math.round(await page.evaluate(() => globalThis.__millis))
  }
  const told = { opened: [], filtered: [], back: [] }
  await atDesk(withRole('话务员'), async (page) => {
    for (const number of numbers) {
      await page.goto(`${city}/desk/queue?queue=all`)
      await rows(page).waitFor()
      await page.waitForLoadState('networkidle')
      await page.keyboard.press('/')
      await page.keyboard.type(number)
      told.filtered.push(await timed(page, 'Enter', `tbody tr[data-number="${number}"]:only-child`))
      await page.keyboard.press('j')
      told.opened.push(await timed(page, 'Enter', '.timeline li'))
      told.back.push(await timed(page, 'Escape', `tbody tr[data-number="${number}"]`))
    }
  })
  const middle = (all) => [...all].sort((one, other) => one - other)[Math.floor(all.length / 2)]
  for (const [what, all] of Object.entries(told)) {
    console.log(JSON.stringify({ fromKey: what, millis: all, median: middle(all), bar: 300 }))
  }
}

/** Every page at every size: axe, hosts, content policy, layout shift, sideways scroll; 683 pixels are 1366 at 200 %. */
export async function everyPage() {
  const pages = await pagesOf()
  const worked = ['my day', 'queue', 'case', 'intake', 'pack trial']
  const phone = ['field', 'task', 'queue', 'case']
  const amiss = []
  const sizes = [
    [1920, 1080],
    [1366, 768],
    [683, 384, worked],
    [390, 844, phone],
  ].filter(([width]) => !process.env.DESK_WIDTH || process.env.DESK_WIDTH.split(',').includes(String(width)))
  for (const [width, height, names] of sizes) {
    for (const [account, theirs] of byReader(pages.filter(([name]) => !names || names.includes(name)))) {
      await atDesk(
        account,
        async (page) => {
          for (const [name, path, , ready] of theirs) {
            await page.goto(`${city}${path}`)
            await ready(page)
            await page.waitForLoadState('networkidle')
            if (name === 'queue' && width === 1920) {
              const last = await page.locator('tbody tr').nth(ROWS_SEEN - 1).boundingBox()
              assert.ok(last && last.y + last.height <= height, `20 rows need ${last?.y + last?.height} pixels`)
            }
            amiss.push(...(await measure(page, `desk ${name}`, { folder })))
          }
        },
        { width, height },
      )
    }
  }
  // The first load, as whoever is signed in meets it with nothing kept on the machine; and the desk in English.
  await atDesk(withRole('派单员'), async (page) => {
    const session = await page.context().newCDPSession(page)
    await session.send('Network.clearBrowserCache')
    const weight = await weigh(page, FIRST_LOAD_KB_MAX)
    await page.goto(`${city}/desk`)
    await page.locator('.tiles').waitFor()
    await page.waitForLoadState('networkidle')
    amiss.push(...(await measure(page, 'desk first load', { weight: await weight() })))
    await press(page, page.getByRole('button', { name: 'English' }))
    await page.locator('html[lang=en]').waitFor()
    for (const [name, path] of [
      ['my day', '/desk'],
      ['queue', '/desk/queue?queue=all'],
    ]) {
      await page.goto(`${city}${path}`)
      await page.locator('.tiles, tbody tr').first().waitFor()
      await page.waitForLoadState('networkidle')
      amiss.push(...(await measure(page, `desk ${name} in English`, { folder })))
    }
  })
  assert.deepEqual(amiss, [])
}
