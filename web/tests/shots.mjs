// Pictures of every page at the sizes people have, for people to look at, with what must hold on each. Against a running
// demo city (`BAOTU_URL`); the pictures go to the folder named as the only argument.

import assert from 'node:assert/strict'
import { mkdirSync } from 'node:fs'
import process from 'node:process'
import { cityAddress, inBrowser } from './browser.mjs'
import { measure } from './measures.mjs'
import { given, speaking } from './officials.mjs'

const [folder] = process.argv.slice(2)
assert.ok(folder, 'the folder for the pictures is named as the only argument')
mkdirSync(folder, { recursive: true })
const city = cityAddress()
/** A page on a busy machine shows what it has within this; a wall's map takes longest, in milliseconds. */
const SHOWN_MILLIS_MAX = 120_000

const { accounts } = await (await fetch(`${city}/api/demo`)).json()
const resident = accounts.find((account) => account.kind === 'resident')
const withRole = (role) => accounts.find((account) => account.roles.includes(role))

// A city that has just begun has nothing to show.
const [ticket] = await given(24, '早市占道经营')
const own = await (await speaking(resident)).post('/api/cases', {
  procedure: 'hotline-ticket',
  category: '010101',
  title: '早市收摊后垃圾没有清走',
  place: { lon: 117.016, lat: 36.661 },
})

/** Sizes and pages of each face: who looks, where, and what tells that it is drawn. */
const FACES = [
  {
    sizes: [[390, 844], [1366, 768]],
    pages: [
      ['sign-in', null, '/sign-in', 'form'],
      ['home', resident, '/', '.rows'],
      ['report', resident, '/report', 'input[type=file]'],
      ['cases', resident, '/cases', '.row-link'],
      ['case', resident, `/cases/${own.number}`, '.stages'],
      ['notices', resident, '/notices', 'main .card'],
      ['air', null, '/air', 'main .note'],
    ],
  },
  {
    sizes: [[1366, 768], [1920, 1080]],
    pages: [
      ['desk-sign-in', null, '/desk/sign-in', 'form'],
      ['desk-day', withRole('派单员'), '/desk', '.tiles'],
      ['desk-queue', withRole('派单员'), '/desk/queue?queue=all', 'tbody tr'],
      ['desk-queue-map', withRole('派单员'), '/desk/queue?queue=all&map=1', '.map[data-ready=true]'],
      ['desk-case', withRole('话务员'), `/desk/cases/${ticket}`, '.acts'],
      ['desk-intake', withRole('话务员'), '/desk/intake', 'input[name=phone]'],
      ['desk-supervision', withRole('督办员'), '/desk/supervision', '.tabs'],
      ['desk-field', withRole('监督员'), '/desk/field', 'main h1'],
      ['desk-pack', withRole('系统管理员'), '/desk/pack', 'main .card'],
      ['desk-things', withRole('物联网值守员'), '/desk/things', '[data-count]'],
      ['desk-alarms', withRole('物联网值守员'), '/desk/alarms', '.number'],
      ['desk-rules', withRole('物联网值守员'), '/desk/alarms?part=rules', '[data-rule]'],
      ['desk-notices', withRole('派单员'), '/desk/notices', 'main h1'],
    ],
  },
  {
    sizes: [[1920, 1080], [3840, 2160]],
    pages: [['screen', null, '/screen', '.screen[data-ready=true][data-line=open]']],
  },
]

async function signIn(page, { user, password }, path) {
  const face = path.startsWith('/desk') ? '/desk' : ''
  await page.goto(`${city}${face}/sign-in`)
  await page.fill('input[name=user]', user)
  await page.fill('input[name=password]', password)
  await page.click('form button[type=submit]')
  await page.waitForURL((url) => !url.pathname.endsWith('/sign-in'))
}

const amiss = []
for (const { sizes, pages } of FACES) {
  for (const [width, height] of sizes) {
    for (const account of new Set(pages.map(([, looks]) => looks))) {
      await inBrowser({ width, height }, async (browser) => {
        const page = await browser.context.newPage()
        page.setDefaultTimeout(SHOWN_MILLIS_MAX)
        const theirs = pages.filter(([, looks]) => looks === account)
        if (account) await signIn(page, account, theirs[0][2])
        for (const [name, , path, drawn] of theirs) {
          await page.goto(`${city}${path}`)
          await page.locator(drawn).first().waitFor()
          amiss.push(...(await measure(page, name, { folder })))
        }
        amiss.push(...browser.faults)
      })
    }
  }
}
assert.deepEqual(amiss, [])
