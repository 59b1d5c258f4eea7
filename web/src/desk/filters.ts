// The list of cases as it stands in the address: what it is narrowed to, how it is sorted and shown. So a list can be
// bookmarked, sent on, and kept as a view.

import type { LocationQuery } from 'vue-router'
import type { CaseFilter } from '../api/types'
import { COLUMNS, type Column } from './columns'

const NAMES = [
  'queue',
  'procedure',
  'status',
  'step',
  'category',
  'level',
  'division',
  'unit',
  'overdue',
  'due_before',
  'opened_from',
  'opened_to',
  'mark',
  'open',
  'q',
  'after',
] as const satisfies readonly (keyof CaseFilter)[]

const QUEUES = ['unit', 'mine', 'all', 'requests']
export const MARKS: readonly string[] = ['supervised', 'yellow', 'red']

/** How the rows of a page are sorted. */
export interface Sort {
  by: Column
  down: boolean
}

/** How a list is shown, beside what it holds. */
export interface Shown {
  sort: Sort | null
  map: boolean
}

/** What the address says, without what the service would refuse. */
export function filterOf(query: LocationQuery): CaseFilter {
  const filter: CaseFilter = {}
  for (const name of NAMES) {
    const value = query[name]
    if (typeof value === 'string' && value !== '') filter[name] = value
  }
  if (!QUEUES.includes(filter.queue ?? '')) filter.queue = 'unit'
  if (filter.overdue !== 'true') delete filter.overdue
  if (filter.open !== 'true' && filter.open !== 'false') delete filter.open
  if (filter.mark !== undefined && !MARKS.includes(filter.mark)) delete filter.mark
  return filter
}

/** How the address wants the list shown. */
export function shownOf(query: LocationQuery): Shown {
  const [by, way] = typeof query['sort'] === 'string' ? query['sort'].split('.') : []
  const column = COLUMNS.find((name) => name === by)
  return { sort: column ? { by: column, down: way === 'down' } : null, map: query['map'] === '1' }
}

/** The query of the address for a filter and how it is shown. */
export function queryOf(filter: CaseFilter, shown: Shown): Record<string, string> {
  const query: Record<string, string> = {}
  for (const name of NAMES) {
    const value = filter[name]
    if (value !== undefined && value !== '') query[name] = value
  }
  if (shown.sort) query['sort'] = `${shown.sort.by}.${shown.sort.down ? 'down' : 'up'}`
  if (shown.map) query['map'] = '1'
  return query
}

/** The filter after one of its fields was changed: a changed list begins at its first page. */
export function changed(filter: CaseFilter, name: keyof CaseFilter, value: string): CaseFilter {
  const { after: _after, [name]: _old, ...rest } = filter
  return value === '' ? rest : { ...rest, [name]: value }
}

/** Whether anything but the queue is narrowed. */
export function isNarrowed({ queue: _queue, after: _after, ...rest }: CaseFilter): boolean {
  return Object.keys(rest).length > 0
}
