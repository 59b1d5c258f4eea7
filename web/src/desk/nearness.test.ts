import { describe, expect, it } from 'vitest'
import type { CaseRow } from '../api/types'
import { distanceWords, metresBetween, tasksOf } from './nearness'
import { monthsOf } from './pack/year'

const row = (id: string, due_at: string | null, place: CaseRow['place']): CaseRow => ({ id, due_at, place }) as CaseRow

describe('tasks in the street', () => {
  const here = { lon: 117, lat: 36.6 }

  it('measures on the ground', () => {
    expect(metresBetween(here, here)).toBe(0)
    expect(metresBetween(here, { lon: 117, lat: 36.61 })).toBeCloseTo(1_112, -1)
  })

  it('puts first what is due, or what is near; what has no place or no time comes last', () => {
    const rows = [
      row('late', '2026-11-25T00:00:00Z', { lon: 117.001, lat: 36.6 }),
      row('soon', '2026-11-24T00:00:00Z', { lon: 117.1, lat: 36.6 }),
      row('nowhere', '2026-11-23T00:00:00Z', null),
      row('whenever', null, { lon: 117.002, lat: 36.6 }),
    ]
    const ids = (by: 'due' | 'near', from: typeof here | null): string[] => tasksOf(rows, from, by).map((task) => task.row.id)
    expect(ids('due', here)).toEqual(['nowhere', 'soon', 'late', 'whenever'])
    expect(ids('near', here)).toEqual(['late', 'whenever', 'soon', 'nowhere'])
    expect(ids('near', null)).toEqual(['nowhere', 'soon', 'late', 'whenever'])
  })

  it('tells distances as people say them', () => {
    expect(distanceWords(84)).toEqual({ unit: 'metres', n: '80' })
    expect(distanceWords(1_240)).toEqual({ unit: 'kilometres', n: '1.2' })
  })
})

describe('a year of the calendar', () => {
  it('puts days below their weekday, Monday first, and tells holidays from make-up days', () => {
    const months = monthsOf({ year: 2026, off: ['2026-10-01', '2026-10-03'], make_up: ['2026-10-10'] })
    // 2026-10-01 is a Thursday.
    expect(months[9]?.before).toBe(3)
    const kinds = Object.fromEntries((months[9]?.days ?? []).map((day) => [day.date, day.kind]))
    expect([kinds['2026-10-01'], kinds['2026-10-03'], kinds['2026-10-10'], kinds['2026-10-11'], kinds['2026-10-12']]).toEqual([
      'off',
      'off',
      'make-up',
      'weekend',
      'work',
    ])
    expect(months.map((month) => month.days.length).reduce((sum, days) => sum + days, 0)).toBe(365)
  })
})
