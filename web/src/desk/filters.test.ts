import { describe, expect, it } from 'vitest'
import type { CaseRow } from '../api/types'
import { columnsOf, COLUMNS_DEFAULT, sorted } from './columns'
import { changed, filterOf, isNarrowed, queryOf, shownOf } from './filters'

describe('filters in the address', () => {
  it('takes what the service knows and nothing else', () => {
    expect(filterOf({ queue: 'all', status: '待派遣', nonsense: '1', level: ['a', 'b'], q: '', mark: 'red', open: 'true' })).toEqual({
      queue: 'all',
      status: '待派遣',
      mark: 'red',
      open: 'true',
    })
    expect(filterOf({ queue: 'theirs', overdue: 'maybe', mark: 'green', open: '1' })).toEqual({ queue: 'unit' })
  })

  it('begins at the first page when a filter changes', () => {
    const filter = { queue: 'unit', after: 'abc', level: '一般' }
    expect(changed(filter, 'level', '紧急')).toEqual({ queue: 'unit', level: '紧急' })
    expect(changed(filter, 'level', '')).toEqual({ queue: 'unit' })
  })

  it('knows whether anything is narrowed', () => {
    expect(isNarrowed({ queue: 'mine', after: 'x' })).toBe(false)
    expect(isNarrowed({ queue: 'mine', q: '路灯' })).toBe(true)
  })

  it('carries how a list is shown beside what it holds, and back', () => {
    const query = queryOf({ queue: 'all', level: '紧急' }, { sort: { by: 'left', down: true }, map: true })
    expect(query).toEqual({ queue: 'all', level: '紧急', sort: 'left.down', map: '1' })
    expect(shownOf(query)).toEqual({ sort: { by: 'left', down: true }, map: true })
    expect(filterOf(query)).toEqual({ queue: 'all', level: '紧急' })
    expect(shownOf({ sort: 'colour.up' })).toEqual({ sort: null, map: false })
  })
})

const row = (given: Partial<CaseRow>): CaseRow =>
  ({ id: 'c', number: 'N', title: 't', level: '一般', due_at: null, closed_at: null, opened_at: '2026-11-24T01:00:00Z', ...given }) as CaseRow

describe('columns', () => {
  it('sorts levels by how urgent they are, and what is not due last either way', () => {
    const rows = [row({ id: 'a', level: '紧急' }), row({ id: 'b', level: '重大' }), row({ id: 'c', level: '一般' })]
    const ids = (by: 'level' | 'left', down: boolean, of = rows): string => sorted(of, { by, down }).map((one) => one.id).join('')
    expect([ids('level', false), ids('level', true)]).toEqual(['cab', 'bac'])
    const due = [row({ id: 'a' }), row({ id: 'b', due_at: '2026-11-25T01:00:00Z' }), row({ id: 'c', due_at: '2026-11-24T01:00:00Z' })]
    expect([ids('left', false, due), ids('left', true, due)]).toEqual(['cba', 'bca'])
    expect(sorted(rows, null)).toBe(rows)
  })

  it('shows known columns only, in the order of all, and never none', () => {
    expect(columnsOf(['left', 'colour', 'title'])).toEqual(['title', 'left'])
    expect(columnsOf([])).toEqual(COLUMNS_DEFAULT)
    expect(columnsOf('title')).toEqual(COLUMNS_DEFAULT)
  })
})
