// The officials' desk against a running demo city (`BAOTU_URL`): a request from call to end by keyboard alone, views
// that follow their owner, acts on many cases, exports, and every state that a page can be in. Ends with a failure at
// the first thing amiss.

import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import process from 'node:process'
import { rowsOf } from './archive.mjs'
import { everyPage, howFast, onPaper, statesOfPages } from './deskPages.mjs'
import {
  acted,
  atDesk,
  city,
  dispatchedAgain,
  given,
  handedTo,
  handlingUnit,
  inTheStreet,
  mark,
  open,
  picture,
  press,
  run,
  speaking,
  tabTo,
  withRole,
} from './officials.mjs'

/** Names of parts, for running some of them alone. */
const only = process.env.DESK_ONLY

/** From the call to the end, nobody touches a mouse. */
async function byKeyboardAlone() {
  const unit = handlingUnit()
  const title = `占道经营影响通行 ${run}`
  let number = ''

  await atDesk(withRole('话务员'), async (page) => {
    await press(page, page.getByRole('link', { name: '来电登记' }))
    await tabTo(page, page.locator('input[name=phone]'))
    await page.keyboard.type('13800004321')
    await page.keyboard.press('Tab')
    await page.keyboard.type('赵小燕')
    await page.locator('[data-panel=caller]').getByText('以往诉求').waitFor()
    await tabTo(page, page.locator('input[name=kind]').first())
    await page.keyboard.press('ArrowDown')
    await tabTo(page, page.locator('textarea[name=text]'))
    await page.keyboard.type('早晚高峰流动摊贩占道经营，行人只能走机动车道。')
    await tabTo(page, page.locator('input[name=title]'))
    await page.keyboard.press('Control+a')
    await page.keyboard.type(title)
    await press(page, page.locator('[data-suggested="010101"]'))
    await page.locator('[data-panel=knowledge]').getByText('占道经营').first().waitFor()
    await tabTo(page, page.getByRole('combobox', { name: '位置' }))
    await page.keyboard.type('趵突泉')
    await page.locator('li[role=option]').first().waitFor()
    await page.keyboard.press('ArrowDown')
    await page.keyboard.press('Enter')
    await page.locator('[data-panel=knowledge]').getByText('建议单位').waitFor()
    await tabTo(page, page.locator('input[name=way]').first())
    await page.keyboard.press('ArrowDown')
    await page.locator('[data-way=accept]:checked').waitFor()
    await page.keyboard.press('Control+Enter')
    const saved = page.locator('.note.ok[role=status]')
    await saved.waitFor()
    number = /已保存 (\S+)，/.exec(await saved.innerText())?.[1] ?? ''
    assert.match(number, /^JN\d+$/)
    await page.getByText('当前状态：待派遣').waitFor()
    // The next call begins: nothing of the last one is left.
    assert.equal(await page.locator('input[name=phone]').inputValue(), '')
  })
  console.log(`taken in by keyboard: ${number}`)

  await atDesk(withRole('派单员'), async (page) => {
    await mark(page, number)
    // Whoever comes back finds the list with the mark where it was.
    await page.keyboard.press('Enter')
    await page.waitForURL(`**/desk/cases/${number}`)
    await page.keyboard.press('Escape')
    await page.locator(`tr.at[data-number="${number}"]`).waitFor()
    await page.keyboard.press('?')
    await page.getByRole('dialog', { name: '快捷键' }).waitFor()
    await page.keyboard.press('Escape')
    await page.keyboard.press('d')
    await page.waitForURL(`**/desk/cases/${number}?act=dispatch`)
    const form = page.locator('form.form')
    await form.getByRole('heading', { name: '建议单位' }).waitFor()
    await form.getByText('已采用').waitFor()
    await form.getByText('办理时限：').first().waitFor()
    await tabTo(page, form.getByRole('combobox'))
    await page.keyboard.type(unit)
    await form.getByRole('option', { name: unit }).first().waitFor()
    await page.keyboard.press('ArrowDown')
    await page.keyboard.press('Enter')
    await press(page, form.locator('[data-field=opinion] .phrase').first())
    await page.keyboard.press('Control+Enter')
    await acted(page, '派单')
  })
  await atDesk(withRole('工单联络员', unit), async (page) => {
    await open(page, number)
    await press(page, page.locator('[data-take=sign]'))
    await page.keyboard.press('Control+Enter')
    await acted(page, '签收')
  })
  await atDesk(withRole('承办人', unit), async (page) => {
    await open(page, number)
    const form = page.locator('form.form')
    await press(page, page.locator('[data-take=unit-note]'))
    await tabTo(page, form.locator('textarea'))
    await page.keyboard.type('已到现场核实，摊贩共六家。')
    await page.keyboard.press('Control+Enter')
    await acted(page, '办理备注')
    await page.locator('.notes').getByText('已到现场核实').waitFor()
    await press(page, page.locator('[data-take=resolve]'))
    await tabTo(page, form.locator('[data-field=result] textarea'))
    await page.keyboard.type('劝离摊贩，安排早晚高峰值守。')
    await tabTo(page, form.locator('[data-field=public_reply] textarea'))
    await page.keyboard.type('您好，占道摊贩已劝离，高峰时段有人值守。')
    const chooser = page.waitForEvent('filechooser')
    await tabTo(page, form.locator('[data-field=photos] input[type=file]'))
    await page.keyboard.press('Enter')
    await (await chooser).setFiles(await picture(page))
    await form.locator('[data-field=photos]').getByText('1/9').waitFor()
    await page.keyboard.press('Control+Enter')
    await acted(page, '办结回复')
    await page.locator('.replies').getByText('占道摊贩已劝离').waitFor()
    assert.equal(await page.locator('.replies').getByText('摊贩共六家').count(), 0)
  })
  await atDesk(withRole('审核员'), async (page) => {
    await open(page, number)
    await press(page, page.locator('[data-take=approve]'))
    await tabTo(page, page.locator('form.form textarea'))
    await page.keyboard.type('符合要求。')
    await page.keyboard.press('Control+Enter')
    await acted(page, '审核通过')
  })
  await atDesk(withRole('回访员'), async (page) => {
    await open(page, number)
    await page.getByText('此前未联系上 0 次').waitFor()
    // What must be written down is asked for, and where it goes has the focus.
    await press(page, page.locator('[data-script=missed-call]'))
    await page.getByText('请填写内容').waitFor()
    await page.keyboard.type('无人接听。')
    await press(page, page.locator('[data-script=missed-call]'))
    await page.getByText('此前未联系上 1 次').waitFor()
    // Not solved leads to another round, solved leads on: the answers choose what is offered first.
    await press(page, page.locator('[data-answer="contacted.yes"]'))
    await page.keyboard.press('Enter')
    await page.keyboard.press('Enter')
    await page.locator('[data-script=approve]').waitFor()
    assert.equal(await page.locator('[data-script=redo]').count(), 0)
    await page.keyboard.press('Enter')
    await page.getByText('当前状态：待回访').waitFor()
  })
  console.log('handled and called back by keyboard')
}

/** A call that ends with an answer: the caller is known, the answer comes from what is known, the case is closed in it. */
async function answeredInTheCall() {
  const agent = withRole('话务员')
  const [earlier] = await given(1, '噪声扰民')
  await atDesk(agent, async (page) => {
    await press(page, page.getByRole('link', { name: '来电登记' }))
    await tabTo(page, page.locator('input[name=phone]'))
    // The number of whoever gave the earlier one.
    await page.keyboard.type('13800005555')
    await page.locator('[data-panel=caller]').getByRole('link', { name: earlier }).waitFor()
    await page.locator('[data-panel=caller]').getByText('138****5555').waitFor()
    await tabTo(page, page.locator('input[name=kind]').first())
    await page.keyboard.press('Space')
    await tabTo(page, page.locator('textarea[name=text]'))
    await page.keyboard.type(`咨询占道经营怎样举报 ${run}`)
    await press(page, page.locator('[data-suggested="010101"]'))
    await page.locator('[data-panel=similar]').locator(`[data-similar="${earlier}"]`).waitFor()
    const known = page.locator('[data-panel=knowledge]')
    await press(page, known.getByRole('button', { name: '怎样办理' }))
    await press(page, known.getByRole('button', { name: '引用到答复' }))
    const answer = page.locator('[data-field=public_reply] textarea')
    await tabTo(page, answer, 'Shift+Tab')
    assert.notEqual(await answer.inputValue(), '', 'the words of the city stand in the answer')
    await page.keyboard.press('Control+Enter')
    await page.getByText('当前状态：已办结').waitFor()
  })
  console.log('a caller is known and answered in the call')
}

/** A number of the day opens the list behind it. */
async function numbersLeadToTheirLists() {
  await given(2, '数字')
  await atDesk(withRole('派单员'), async (page) => {
    for (const name of ['待办', '今日到期']) {
      await press(page, page.getByRole('link', { name: '今日工作' }))
      const tile = page.locator('.tiles a').filter({ has: page.getByText(name, { exact: true }) })
      const told = Number((await tile.locator('strong').innerText()).replace(/,/g, ''))
      await press(page, tile)
      await page.waitForURL(/\/desk\/queue\?queue=unit/)
      // The play goes on meanwhile: a list may be a little longer than its number was.
      const shown = await page.getByText(/^本页 \d+ 件$/).innerText()
      const listed = Number(/\d+/.exec(shown)?.[0])
      assert.ok(Math.abs(listed - Math.min(told, 50)) <= 3, `${name}: ${told} told, ${listed} listed`)
    }
  })
  console.log('a number opens the list behind it')
}

/** Given back with a reason, extended, helped with, watched and joined with its duplicate: each seen by those it is up to. */
async function unitsAskAndAreAnswered() {
  const unit = handlingUnit()
  const helping = handlingUnit('住房和城乡建设局')
  const [number, duplicate] = await given(2, '路面塌陷')
  const agent = await speaking(withRole('话务员'))
  await agent.act(duplicate, 'accept')
  const form = (page) => page.locator('form.form')

  await atDesk(withRole('派单员'), async (page) => {
    await open(page, duplicate)
    await press(page, page.locator('[data-take=merge]'))
    await press(page, form(page).locator(`[data-similar="${number}"]`))
    await page.keyboard.press('Control+Enter')
    await acted(page, '并入主件')
    await page.locator('aside').getByRole('link', { name: number }).waitFor()
  })
  await handedTo(number, unit)

  await atDesk(withRole('工单联络员', unit), async (page) => {
    await page.goto(`${city}/desk/cases/${number}`)
    await press(page, page.locator('[data-take=return]'))
    await page.keyboard.press('Control+Enter')
    // Nothing is given back without a reason, and the focus stands where it is asked for.
    await form(page).getByText('请填写退单理由').waitFor()
    assert.ok(await form(page).locator('[data-field=reason] :focus').count(), 'the focus is on the first fault')
    await page.keyboard.press('Space')
    await press(page, form(page).locator('[data-field=explanation] .phrase').first())
    await page.keyboard.press('Control+Enter')
    await acted(page, '申请退单')
    assert.ok(await page.locator('.note.ok:focus').count(), 'the focus is on what came of it')
  })
  await atDesk(withRole('派单员'), async (page) => {
    await page.goto(`${city}/desk/queue?queue=requests`)
    const row = page.locator(`tr[data-number="${number}"]`)
    await row.getByText('申请退单').waitFor()
    await press(page, row.getByRole('link'))
    await press(page, page.locator('[data-kind=decide]'))
    await press(page, form(page).getByRole('button', { name: '同意', exact: true }))
    await acted(page, '申请退单')
    await page.locator('aside').getByText('已同意').waitFor()
  })

  await dispatchedAgain(number, unit)
  await atDesk(withRole('承办人', unit), async (page) => {
    await open(page, number)
    await press(page, page.locator('[data-take=extension]'))
    await tabTo(page, form(page).locator('[data-field=amount] input'))
    await page.keyboard.type('2')
    await press(page, form(page).locator('[data-field=reason] input').first(), 'Space')
    await tabTo(page, form(page).locator('[data-field=explanation] textarea'))
    await page.keyboard.type('需要等待地下管线检测结果。')
    await page.keyboard.press('Control+Enter')
    await acted(page, '申请延期')
  })
  await atDesk(withRole('审核员'), async (page) => {
    await page.goto(`${city}/desk/queue?queue=requests`)
    await press(page, page.locator(`tr[data-number="${number}"]`).getByRole('link'))
    await press(page, page.locator('[data-kind=decide]'))
    await press(page, form(page).getByRole('button', { name: '同意', exact: true }))
    await acted(page, '申请延期')
    await page.locator('aside').getByText(/^已延期/).waitFor()
  })
  await atDesk(withRole('派单员'), async (page) => {
    await page.goto(`${city}/desk/cases/${number}`)
    await press(page, page.locator('[data-take=co-handle]'))
    await tabTo(page, form(page).getByRole('combobox'))
    await page.keyboard.type(helping)
    await form(page).getByRole('option', { name: helping }).first().waitFor()
    await page.keyboard.press('ArrowDown')
    await page.keyboard.press('Enter')
    await page.keyboard.press('Control+Enter')
    await acted(page, '增加协办单位')
    await page.locator('aside').getByText(helping).first().waitFor()
  })
  await atDesk(withRole('督办员'), async (page) => {
    await page.goto(`${city}/desk/cases/${number}`)
    await press(page, page.locator('[data-take=supervise]'))
    await press(page, form(page).locator('[data-field=manner] input').first(), 'Space')
    await tabTo(page, form(page).locator('[data-field=opinion] textarea'))
    await page.keyboard.type('请加快检测，今日内回复。')
    await page.keyboard.press('Control+Enter')
    await acted(page, '督办')
    await press(page, page.getByRole('link', { name: '督办预警' }))
    await page.locator(`tr[data-number="${number}"]`).waitFor()
  })
  console.log('given back, extended, helped with, watched and joined')
}

async function viewsFollowTheirOwner() {
  const account = withRole('派单员')
  const name = `紧急 ${run}`
  await atDesk(account, async (page) => {
    await page.goto(`${city}/desk/queue?queue=all&level=紧急&open=true`)
    await press(page, page.getByRole('button', { name: '存为常用' }))
    await page.keyboard.type(name)
    await page.keyboard.press('Enter')
    await page.getByRole('link', { name }).waitFor()
    await press(page, page.getByRole('button', { name: '显示设置' }))
    const dialog = page.getByRole('dialog', { name: '显示设置' })
    const kept = page.waitForResponse((answer) => answer.url().includes('/api/me/settings/') && answer.request().method() === 'PUT')
    await press(page, dialog.getByLabel('主办单位'), 'Space')
    assert.equal((await kept).status(), 200)
    await page.keyboard.press('Escape')
    assert.equal(await page.getByRole('columnheader', { name: '主办单位' }).count(), 0)
  })
  await atDesk(account, async (page) => {
    await page.goto(`${city}/desk/queue?queue=unit`)
    await press(page, page.getByRole('link', { name }))
    await page.waitForURL((url) => url.searchParams.get('level') === '紧急' && url.searchParams.get('queue') === 'all')
    await page.locator('tbody tr').first().waitFor()
    assert.equal(await page.getByRole('columnheader', { name: '主办单位' }).count(), 0)
    // Put back, so that the next run finds the desk as it was.
    await press(page, page.getByRole('button', { name: `删除常用列表“${name}”` }))
    await press(page, page.getByRole('button', { name: '显示设置' }))
    const kept = page.waitForResponse((answer) => answer.url().includes('/api/me/settings/') && answer.request().method() === 'PUT')
    await press(page, page.getByRole('dialog').getByLabel('主办单位'), 'Space')
    await kept
  })
  console.log('a view and its columns survive a new browser')
}

async function manyAtOnce() {
  const numbers = await given(4, '批量')
  const other = await speaking(withRole('话务员'))
  await atDesk(
    withRole('话务员'),
    async (page) => {
      await page.goto(`${city}/desk/queue?queue=unit&q=${encodeURIComponent('批量')}`)
      for (const number of numbers) await page.locator(`tr[data-number="${number}"]`).waitFor()
      for (let row = 0; row < 4; row += 1) {
        await page.keyboard.press('j')
        await page.keyboard.press('x')
      }
      await page.getByText('已选 4 件').waitFor()
      await press(page, page.getByRole('button', { name: '批量办理' }))
      const dialog = page.getByRole('dialog')
      await dialog.locator('[data-bulk=accept]').waitFor()
      // Meanwhile somebody else takes one of them on.
      await other.act(numbers[1], 'accept')
      await press(page, dialog.locator('[data-bulk=accept]'))
      await press(page, dialog.getByRole('button', { name: '受理并转派（4 件）' }))
      await dialog.getByText('已完成 3 件，未完成 1 件。').waitFor()
      assert.equal(await dialog.locator('[data-result=done]').count(), 3)
      const failed = dialog.locator('[data-result=failed]')
      assert.ok((await failed.innerText()).includes(numbers[1]))
      await page.keyboard.press('Escape')
      await page.getByText('已选 1 件').waitFor()
    },
    { expected: (answer) => answer.status() === 409 },
  )
  console.log('one act on many cases, told of each')
}

async function takenOut() {
  const numbers = await given(3, '导出')
  await atDesk(withRole('派单员'), async (page) => {
    await page.goto(`${city}/desk/queue?queue=all&procedure=hotline-ticket&level=一般&opened_from=2020-01-01T00:00:00Z`)
    await page.locator(`tr[data-number="${numbers[2]}"]`).waitFor()
    const download = page.waitForEvent('download')
    await press(page, page.getByRole('link', { name: '导出表格' }))
    const file = await download
    assert.match(file.suggestedFilename(), /^cases-\d{8}-\d{4}\.xlsx$/)
    const rows = rowsOf(readFileSync(await file.path()))
    assert.equal(rows[0][0], '编号')
    const taken = rows.map((row) => row[0])
    assert.ok(taken.includes(numbers[1]) && taken.includes(numbers[2]), 'the rows of the list')
    assert.ok(!taken.includes(numbers[0]), 'a case that the list does not hold')
    assert.ok(!JSON.stringify(rows).includes('孙小平'), 'nobody is named')
  })
  console.log('an export holds the list and nobody')
}

/** Verified, handled and checked in the street: by distance when allowed, with the camera, and nothing typed is lost. */
async function theFieldOnAPhone() {
  const inspector = withRole('监督员')
  const unit = handlingUnit()
  const { number, lon, lat } = await inTheStreet(inspector, '井盖松动')
  const phone = { width: 390, height: 844 }
  const begin = async (page) => {
    await page.getByRole('link', { name: '现场任务' }).click()
    const card = page.locator('li.card', { hasText: number })
    await card.waitFor()
    return card
  }
  const photographed = async (page, form) => {
    await form.locator('input[capture=environment]').setInputFiles(await picture(page))
    await form.getByAltText('第 1 张照片').waitFor()
  }

  await atDesk(
    inspector,
    async (page, { context }) => {
      await context.grantPermissions(['geolocation'])
      await context.setGeolocation({ longitude: lon + 0.001, latitude: lat })
      const card = await begin(page)
      assert.equal(await card.getByText('米', { exact: false }).count(), 0)
      await page.getByRole('button', { name: '按距离' }).click()
      await card.getByText(/^\d+ 米$/).waitFor()
      await card.getByRole('link', { name: '去办理' }).click()
      await page.waitForURL(`**/desk/field/${number}`)
      const size = await page.locator('[data-take=confirmed]').boundingBox()
      assert.ok(size && size.height >= 56, 'the buttons are big')
      await page.locator('[data-take=confirmed]').click()
      const form = page.locator('form.form')
      await form.locator('textarea').fill('井盖松动，已放警示桩。')
      await page.reload()
      await page.locator('[data-take=confirmed]').click()
      assert.equal(await form.locator('textarea').inputValue(), '井盖松动，已放警示桩。')
      await photographed(page, form)
      await form.locator('button[type=submit]').click()
      await acted(page, '核实属实')
      await page.getByRole('button', { name: '返回任务' }).click()
      await page.getByRole('heading', { name: '现场任务' }).waitFor()
    },
    phone,
  )
  const decided = async (role, take, form) =>
    (await speaking(withRole(role))).act(number, take, form)
  const { units } = await (await speaking(withRole('派遣员'))).get(`/api/units?q=${encodeURIComponent(unit)}`)
  await decided('值班长', 'register', {})
  await decided('派遣员', 'dispatch', { unit: units.find((one) => one.name === unit).code, opinion: '请修复' })
  await atDesk(
    withRole('承办人', unit),
    async (page) => {
      await (await begin(page)).getByRole('link', { name: '去办理' }).click()
      await page.locator('[data-take=dispose]').click()
      const form = page.locator('form.form')
      await form.locator('[data-field=result] textarea').fill('更换防沉降井盖并清理现场。')
      await form.locator('[data-field=public_reply] textarea').fill('您好，井盖已更换，可以正常通行。')
      await photographed(page, form)
      await form.locator('button[type=submit]').click()
      await acted(page, '处置完成')
    },
    phone,
  )
  await atDesk(
    inspector,
    async (page) => {
      await (await begin(page)).getByRole('link', { name: '去办理' }).click()
      await page.getByAltText('处置后 第 1 张照片').waitFor()
      await page.locator('[data-take=passed]').click()
      const form = page.locator('form.form')
      await form.locator('textarea').fill('井盖平稳，现场整洁。')
      await photographed(page, form)
      await form.locator('button[type=submit]').click()
      await acted(page, '核查通过')
    },
    phone,
  )
  console.log('verified, handled and checked in the street, by distance and with the camera')
}

async function thePackIsReadAndTried() {
  await atDesk(withRole('系统管理员'), async (page) => {
    await press(page, page.getByRole('link', { name: '城市包' }))
    await page.getByText('检查结果').waitFor()
    await page.getByText('services/hotline-12345/procedure.toml').first().waitFor()
    await press(page, page.getByRole('link', { name: '试一试' }))
    await tabTo(page, page.locator('select[name=procedure]'))
    await page.keyboard.type('12345')
    await tabTo(page, page.getByRole('combobox', { name: '类别' }))
    await page.keyboard.type('占道')
    await page.locator('li[role=option]').first().waitFor()
    await page.keyboard.press('ArrowDown')
    await page.keyboard.press('Enter')
    await press(page, page.locator('[data-try=dispatch]'))
    await page.getByText('请填写位置再试').waitFor()
    await tabTo(page, page.getByRole('combobox', { name: '位置' }), 'Shift+Tab')
    await page.keyboard.type('趵突泉')
    await page.locator('li[role=option]').first().waitFor()
    await page.keyboard.press('ArrowDown')
    await page.keyboard.press('Enter')
    await press(page, page.locator('[data-try=dispatch]'))
    await page.locator('[data-tried=dispatch] li').first().waitFor()
    await press(page, page.locator('[data-try=limit]'))
    await page.locator('[data-tried=limit] strong').waitFor()
  })
  console.log('the pack is read and tried')
}

const parts = {
  byKeyboardAlone,
  answeredInTheCall,
  numbersLeadToTheirLists,
  unitsAskAndAreAnswered,
  viewsFollowTheirOwner,
  manyAtOnce,
  takenOut,
  onPaper,
  theFieldOnAPhone,
  thePackIsReadAndTried,
  statesOfPages,
  howFast,
  everyPage,
}
for (const [name, part] of Object.entries(parts)) if (!only || only.split(',').includes(name)) await part()
