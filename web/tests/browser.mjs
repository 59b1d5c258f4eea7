// A headless browser for journeys and shots, with what must hold on every page: no host but ours, no error in the
// console, nothing that the content policy refused.

import { existsSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import process from 'node:process'
import { chromium } from 'playwright-core'
import { watchPages } from './measures.mjs'

const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'chrome']
const FLAGS = [
  '--no-sandbox',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--use-gl=angle',
  '--use-angle=swiftshader',
  '--enable-unsafe-swiftshader',
]

/** Answers that a page asks for although they may be a refusal: who is signed in, and whether this is a demo. */
const ASKED_IN_VAIN = /\/api\/(session|demo)$/

/** A page that hangs is left after this when a failure is told, in milliseconds. */
const TELLING_MILLIS_MAX = 5_000

/** Where the running city is. */
export function cityAddress() {
  const address = process.env.BAOTU_URL
  if (!address) throw new Error('BAOTU_URL names no running city, for example http://127.0.0.1:8343')
  return address.replace(/\/$/, '')
}

function executable() {
  if (process.env.CHROMIUM) return process.env.CHROMIUM
  for (const folder of (process.env.PATH ?? '').split(delimiter)) {
    const found = NAMES.map((name) => join(folder, name)).find((path) => existsSync(path))
    if (found) return found
  }
  throw new Error('no Chromium on PATH; CHROMIUM may name one')
}

/**
 * Opens a browser with an empty profile; `faults` gathers what must never happen.
 *
 * `expected` tells of answers that the journey brings about itself, such as a conflict.
 */
export async function openBrowser({ width = 1366, height = 768, args = [], expected = () => false } = {}) {
  const profile = await mkdtemp(join(tmpdir(), 'baotu-browser-'))
  const context = await chromium.launchPersistentContext(profile, {
    executablePath: executable(),
    headless: true,
    locale: 'zh-CN',
    timezoneId: 'Asia/Shanghai',
    viewport: { width, height },
    args: [...FLAGS, ...args],
  })
  await watchPages(context)
  const faults = []
  const host = new URL(cityAddress()).host
  context.on('request', (request) => {
    const { protocol, host: asked } = new URL(request.url())
    if (['http:', 'https:', 'ws:', 'wss:'].includes(protocol) && asked !== host) faults.push(`asked ${asked}`)
  })
  context.on('response', (response) => {
    const path = new URL(response.url()).pathname
    if (response.status() < 400 || ASKED_IN_VAIN.test(path) || expected(response)) return
    faults.push(`${response.status()} ${response.request().method()} ${path}`)
  })
  context.on('weberror', (error) => faults.push(`error: ${error.error().message}`))
  context.on('console', (message) => {
    // Refused answers are told above with their path.
    if (message.type() === 'error' && !message.text().startsWith('Failed to load resource')) {
      faults.push(`console: ${message.text()}`)
    }
  })
  return {
    context,
    faults,
    async close() {
      await context.close()
      await rm(profile, { recursive: true, force: true })
    },
  }
}

/** Does `work` in a browser of its own; when that fails, it tells first what the pages showed and what was amiss. */
export async function inBrowser(options, work) {
  const browser = await openBrowser(options)
  try {
    return await work(browser)
  } catch (error) {
    for (const page of browser.context.pages()) {
      const shown = await page.locator('body').innerText({ timeout: TELLING_MILLIS_MAX }).catch(({ message }) => message)
      console.error(`${page.url()} showed:\n${shown}\n`)
    }
    console.error(`amiss: ${JSON.stringify(browser.faults)}`)
    throw error
  } finally {
    await browser.close()
  }
}
