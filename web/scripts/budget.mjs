// Bytes that each screen loads first, gzipped, against its budget. Run after `npm run build`.

import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import process from 'node:process'
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'

const DIST = join(dirname(fileURLToPath(import.meta.url)), '..', 'dist')
/** In kilobytes of 1000 bytes. */
const BUDGETS = { resident: 60, desk: 260, screen: 700 }

/** What the page names, and what those files import at once. */
function firstLoad(page) {
  const html = readFileSync(join(DIST, page), 'utf8')
  const files = new Set([...html.matchAll(/(?:src|href)="\/(assets\/[^"]+)"/g)].map((found) => found[1]))
  for (const file of files) {
    if (!file.endsWith('.js')) continue
    const text = readFileSync(join(DIST, file), 'utf8')
    for (const [, name] of text.matchAll(/(?:from|import)\s*["']\.\/([\w.-]+\.js)["']/g)) files.add(`assets/${name}`)
  }
  return [page, ...files]
}

let over = false
for (const [face, budget] of Object.entries(BUDGETS)) {
  const files = firstLoad(`${face}.html`)
  const bytes = files.reduce((sum, file) => sum + gzipSync(readFileSync(join(DIST, file)), { level: 9 }).length, 0)
  over ||= bytes > budget * 1000
  console.log(`${face}: ${(bytes / 1000).toFixed(1)} kB gz of ${budget} kB in ${files.length} files`)
}
process.exit(over ? 1 : 0)
