// What stands on the one screen, and what the interface says of the same moment: the two must be equal.

import { until } from './demoCity.mjs'

const grouped = (value) => String(value).replace(/\B(?=(\d{3})+$)/g, ',')
const percent = (rate) => (rate === null ? '—' : `${(rate * 100).toFixed(1)}%`)

/** Everything that is counted on the screen, as it is written there. */
export function shown(page) {
  return page.evaluate(() => {
    const text = (element) => element?.textContent?.trim() ?? ''
    const screen = document.querySelector('.screen')
    const kpis = Object.fromEntries(
      [...document.querySelectorAll('[data-kpi]')].map((one) => [one.dataset.kpi, text(one.querySelector('.value'))]),
    )
    const districts = Object.fromEntries(
      [...document.querySelectorAll('tr[data-division]')].map((row) => [
        row.dataset.division,
        Object.fromEntries([...row.querySelectorAll('[data-column]')].map((cell) => [cell.dataset.column, text(cell)])),
      ]),
    )
    return { now: screen?.dataset.now, line: screen?.dataset.line, kpis, districts }
  })
}

/** The same by the interface, at a moment. */
export async function told(url, at, part = {}) {
  const query = new URLSearchParams({ ...part, ...(at === null ? {} : { at }) })
  const answer = await fetch(`${url}/api/statistics/live?${query}`)
  const n = await answer.json()
  if (!answer.ok) throw new Error(`${answer.status} ${JSON.stringify(n)}`)
  return {
    now: n.now,
    kpis: {
      open: grouped(n.open),
      opened: grouped(n.opened_today),
      closed: grouped(n.closed_today),
      waiting: grouped(n.waiting),
      overdue: grouped(n.overdue),
      late: percent(n.on_time_today.rate),
    },
    districts: Object.fromEntries(
      n.by_district.map((one) => [
        one.division,
        {
          open: grouped(one.open),
          overdue: grouped(one.overdue),
          opened: grouped(one.opened_today),
          closed: grouped(one.closed_today),
          onTime: percent(one.on_time_today.rate),
        },
      ]),
    ),
  }
}

/** What differs between the screen and the interface, in words. */
function differences(screen, city) {
  const found = []
  for (const [name, value] of Object.entries(city.kpis)) {
    if (screen.kpis[name] !== value) found.push(`${name}: ${screen.kpis[name]} on the screen, ${value} told`)
  }
  const divisions = new Set([...Object.keys(screen.districts), ...Object.keys(city.districts)])
  for (const division of divisions) {
    for (const column of ['open', 'overdue', 'opened', 'closed', 'onTime']) {
      const [mine, theirs] = [screen.districts[division]?.[column], city.districts[division]?.[column]]
      if (mine !== theirs) found.push(`${division} ${column}: ${mine} on the screen, ${theirs} told`)
    }
  }
  return found
}

/**
 * Waits until the screen shows what the interface says of the very moment that the screen's data is of.
 *
 * A decision that is being stored while the screen asks is counted by whoever asks later, so a screen of a living city
 * may be behind for one count, but never stays so. Answers with how many numbers were compared.
 */
export async function equal(page, url, part = {}, fixedAt = null) {
  let last = []
  await until(
    'the screen shows what the interface tells',
    async () => {
      const screen = await shown(page)
      if (!screen.now) return false
      last = differences(screen, await told(url, fixedAt ?? screen.now, part))
      return last.length === 0
    },
    45_000,
  ).catch((error) => {
    throw new Error(`${error.message}\n${last.join('\n')}`)
  })
  const { kpis, districts } = await shown(page)
  return Object.keys(kpis).length + 5 * Object.keys(districts).length
}

/**
 * What the page holds after a forced collection, in bytes: everything, and that without the machine code and the notes on
 * it that the engine makes while code runs hot. Those grow for an hour whatever a page does and are thrown away when memory
 * is short; what a page leaks stands in the rest.
 */
export async function heapOf(session) {
  await session.send('HeapProfiler.collectGarbage')
  const chunks = []
  const take = ({ chunk }) => chunks.push(chunk)
  session.on('HeapProfiler.addHeapSnapshotChunk', take)
  await session.send('HeapProfiler.takeHeapSnapshot', { reportProgress: false })
  session.off('HeapProfiler.addHeapSnapshotChunk', take)
  const { snapshot, nodes } = JSON.parse(chunks.join(''))
  const fields = snapshot.meta.node_fields
  const [type, size] = [fields.indexOf('type'), fields.indexOf('self_size')]
  const code = snapshot.meta.node_types[type].indexOf('code')
  let [all, own] = [0, 0]
  for (let at = 0; at < nodes.length; at += fields.length) {
    all += nodes[at + size]
    if (nodes[at + type] !== code) own += nodes[at + size]
  }
  return { all, own }
}
