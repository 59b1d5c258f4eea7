// The columns of a list of cases: which there are, and how rows are compared by each.

import type { CaseRow } from '../api/types'
import type { Sort } from './filters'

export const COLUMNS = [
  'number',
  'title',
  'category',
  'level',
  'status',
  'step',
  'unit',
  'left',
  'marks',
  'opened',
  'division',
  'request',
] as const
export type Column = (typeof COLUMNS)[number]

/** Shown unless somebody chose otherwise. */
export const COLUMNS_DEFAULT: readonly Column[] = [
  'number',
  'title',
  'category',
  'level',
  'status',
  'step',
  'unit',
  'left',
  'marks',
  'opened',
]

/** Those of them that there is room for beside the map. */
export const COLUMNS_BESIDE_MAP: readonly Column[] = ['number', 'title', 'level', 'status', 'left']

/** Mildest first; words that a pack made up itself sort before all. */
const LEVELS = ['一般', '紧急', '重大']

type Comparable = string | number

const KEYS: Record<Column, (row: CaseRow) => Comparable> = {
  number: (row) => row.number,
  title: (row) => row.title,
  category: (row) => row.category.code,
  level: (row) => LEVELS.indexOf(row.level ?? ''),
  status: (row) => row.status,
  step: (row) => row.step_title ?? '',
  unit: (row) => row.lead_unit?.name ?? '',
  // What is not due comes last, whichever way round the others are.
  left: (row) => (row.due_at === null || row.closed_at !== null ? Infinity : Date.parse(row.due_at)),
  marks: (row) => (row.card === 'red' ? 4 : row.card === 'yellow' ? 2 : 0) + (row.supervised ? 1 : 0),
  opened: (row) => Date.parse(row.opened_at),
  division: (row) => row.division ?? '',
  request: (row) => row.request?.title ?? '',
}

/** The rows of a page in another order; equal ones stay as they were. */
export function sorted(rows: readonly CaseRow[], sort: Sort | null): readonly CaseRow[] {
  if (sort === null) return rows
  const key = KEYS[sort.by]
  const turn = sort.down ? -1 : 1
  return [...rows].sort((one, other) => {
    const [a, b] = [key(one), key(other)]
    if (typeof a === 'number' && typeof b === 'number') {
      if (a === b) return 0
      if (!Number.isFinite(a) || !Number.isFinite(b)) return Number.isFinite(a) ? -1 : 1
      return (a - b) * turn
    }
    return String(a).localeCompare(String(b), 'zh-CN') * turn
  })
}

/** The chosen columns that there are, in the order of all; never none. */
export function columnsOf(chosen: unknown): Column[] {
  if (!Array.isArray(chosen)) return [...COLUMNS_DEFAULT]
  const known = COLUMNS.filter((column) => chosen.includes(column))
  return known.length > 0 ? known : [...COLUMNS_DEFAULT]
}
