import { describe, expect, it } from 'vitest'
import type { LiveNumbers } from '../api/types'
import { barsOf, linesOf, topOf } from './chart'
import { kpisOf } from './kpis'
import { type District, ranked } from './ranking'
import { daySeries, hourSeries } from './trends'

const rate = (numerator: number, denominator: number): LiveNumbers['on_time_today'] =>
  ({ numerator, denominator, rate: denominator > 0 ? numerator / denominator : null }) as LiveNumbers['on_time_today']

const numbers = (change: Partial<LiveNumbers> = {}): LiveNumbers => ({
  now: '2026-11-27T02:30:00Z',
  recorded: true,
  open: 1_200,
  opened_today: 30,
  closed_today: 20,
  overdue: 4,
  waiting: 9,
  supervised: 1,
  on_time_today: rate(9, 10),
  by_level: [],
  by_district: [],
  by_hour: Array.from({ length: 24 }, (_, hour) => hour),
  ...change,
})

describe('the six numbers', () => {
  it('are compared with the same time before, and say so when there are no records', () => {
    const before = numbers({ open: 1_250, on_time_today: rate(8, 10) })
    const [open, , , , , onTime] = kpisOf(numbers(), before, numbers({ recorded: false, open: 0 }), false)
    expect(open?.shown).toBe('1,200')
    expect(open?.changes.map((change) => change.words)).toEqual(['较昨日同时 −50', '较上周同时 无记录'])
    expect(onTime?.shown).toBe('90.0%')
    expect(onTime?.changes[0]).toEqual({ words: '较昨日同时 +10.0 个百分点', tone: 'ok' })
  })

  it('are unknown rather than zero', () => {
    expect(kpisOf(null, null, null, false).map((kpi) => kpi.shown)).toEqual(Array(6).fill('—'))
    expect(kpisOf(numbers({ recorded: false, open: 0 }), null, null, true)[0]?.shown).toBe('—')
    expect(kpisOf(numbers({ on_time_today: rate(0, 0) }), null, null, false)[5]?.shown).toBe('—')
  })
})

describe('the ranking', () => {
  const district = (division: string, open: number, onTime: [number, number]): District =>
    ({ division, name: division, open, overdue: 0, opened_today: 0, closed_today: 0, on_time_today: rate(...onTime) }) as District
  const districts = [district('b', 5, [1, 2]), district('a', 5, [0, 0]), district('c', 9, [2, 2])]

  it('sorts either way, equals by their code', () => {
    expect(ranked(districts, 'open', true).map((one) => one.division)).toEqual(['c', 'a', 'b'])
    expect(ranked(districts, 'open', false).map((one) => one.division)).toEqual(['a', 'b', 'c'])
  })

  it('has what nobody knows at the end either way', () => {
    expect(ranked(districts, 'onTime', true).pop()?.division).toBe('a')
    expect(ranked(districts, 'onTime', false).pop()?.division).toBe('a')
  })
})

describe('the trends', () => {
  it('leave hours open that have not come', () => {
    const [today, before] = hourSeries(numbers(), numbers({ recorded: false }), false).series
    expect(today?.values.slice(9, 12)).toEqual([9, 10, null])
    expect(before?.values.every((value) => value === null)).toBe(true)
  })

  it('leave days open before the first of which anything is known, and end with the day so far', () => {
    const day = (name: string, opened: number) => ({ day: name, opened, closed: 0, on_time: rate(0, 0) })
    const trend = daySeries([day('2026-11-24', 0), day('2026-11-25', 7), day('2026-11-26', 0)], numbers())
    expect(trend.series[0]?.values).toEqual([null, 7, 0, 30])
    expect(trend.places[trend.places.length - 1]).toBe('至今')
    expect(daySeries([day('2026-11-25', 7), day('2026-11-26', 0)], null, 1).places).toEqual(['11-26'])
  })
})

describe('a chart', () => {
  it('ends at a round number', () => {
    expect([0, 1, 3, 47, 51, 1_900].map(topOf)).toEqual([1, 1, 5, 50, 100, 2_000])
  })

  it('breaks its line and leaves out bars where nothing is known', () => {
    expect(linesOf([5, null, 10, 0], 10)).toEqual(['12.5,50', '62.5,0 87.5,100'])
    expect(barsOf([5, null], 10).map((bar) => bar.height)).toEqual([50, 0])
  })
})
