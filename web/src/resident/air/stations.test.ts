import { describe, expect, it } from 'vitest'
import type { Latest, ThingFigure, ThingRow } from '../../api/types'
import { figureLine, figureNumber, figureWord } from '../../sensing/figure'
import { groupsOf, isOld, timeOf } from './stations'

const figure = (part: Partial<ThingFigure>): ThingFigure => ({
  name: 'aqi',
  title: '空气质量指数',
  title_en: null,
  value: 70,
  word: '良',
  colour: '#ffff00',
  detail: null,
  missing: [],
  basis: 'HJ 633-2026',
  at: '2026-11-29T04:00:00Z',
  ...part,
})
const latest = (at: string | null, stale: boolean): Latest => ({
  property: 'pm25',
  title: 'PM2.5',
  title_en: null,
  unit: 'µg/m³',
  decimals: 0,
  reading: at === null ? null : { at, value: 1, quality: 'normal' },
  stale,
})
const station = (name: string, kind: string, part: Partial<ThingRow> = {}): ThingRow => ({
  id: name,
  code: name,
  kind,
  kind_title: kind,
  name,
  unit: null,
  unit_name: null,
  lon: null,
  lat: null,
  address: null,
  division: null,
  state: 'in-use',
  online: true,
  seen_at: null,
  version: 1,
  latest: [],
  indicators: [],
  ...part,
})

describe('stations', () => {
  it('stand by type in the order of the page, the worst first', () => {
    const rows = [
      station('p', 'car-park'),
      station('a', 'air-station', { indicators: [figure({ value: 30 })] }),
      station('n', 'noise-meter'),
      station('b', 'air-station', { indicators: [figure({ value: 170 })] }),
      station('c', 'air-station', { indicators: [figure({ value: null })] }),
    ]
    expect(groupsOf(rows).map((group) => [group.kind, group.stations.map((one) => one.name).join('')])).toEqual([
      ['air-station', 'bac'],
      ['car-park', 'p'],
      ['noise-meter', 'n'],
    ])
  })

  it('are of the time of their figure, else of their newest reading', () => {
    const readings = [latest('2026-11-29T03:00:00Z', false), latest('2026-11-29T05:00:00Z', false)]
    expect(timeOf(station('a', 'air-station', { indicators: [figure({})], latest: readings }))).toBe('2026-11-29T04:00:00Z')
    expect(timeOf(station('a', 'air-station', { latest: readings }))).toBe('2026-11-29T05:00:00Z')
    expect(timeOf(station('a', 'air-station', { latest: [latest(null, false)] }))).toBeNull()
  })

  it('are old when none of their readings is young enough', () => {
    const old = latest('2026-11-28T03:00:00Z', true)
    expect(isOld(station('a', 'air-station', { latest: [old, latest(null, false)] }))).toBe(true)
    expect(isOld(station('a', 'air-station', { latest: [old, latest('2026-11-29T05:00:00Z', false)] }))).toBe(false)
    expect(isOld(station('a', 'air-station'))).toBe(false)
  })
})

it('writes a share as percent, an index as a whole number, and no word where a standard has none', () => {
  expect(figureNumber(figure({ name: 'occupancy', value: 0.933 }))).toBe('93.3%')
  expect(figureNumber(figure({ value: 69.6 }))).toBe('70')
  expect([figureWord(figure({ word: 'NA' })), figureNumber(figure({ value: null }))]).toEqual(['', ''])
  expect(figureLine(figure({ detail: '首要污染物 PM2.5' }))).toBe('70 良 首要污染物 PM2.5')
})
