import { describe, expect, it } from 'vitest'
import type { LiveCase, PublicAlarm, ThingMap } from '../api/types'
import { countsOf, mergedOf, openOf, pointsOf } from './things'

const type = (part: Partial<ThingMap['types'][number]>): ThingMap['types'][number] => ({
  name: 'lamp-pole',
  title: '智慧灯杆',
  title_en: null,
  things: 0,
  online: 0,
  heard: [],
  silent: [],
  ...part,
})
const now = '2026-11-29T04:00:00Z'

describe('devices on the screen', () => {
  const map = { now, types: [type({ things: 3, online: 2, heard: [117, 36.6, 117.1, 36.7], silent: [117.2, 36.8] }), type({ things: 5, online: 1 })] }

  it('are counted whether or not they are shown, and not at all where there are none', () => {
    expect(countsOf(map)).toEqual({ things: 8, online: 3 })
    expect([countsOf(null), countsOf({ now, types: [] })]).toEqual([null, null])
  })

  it('stand on the map by turns of longitude and latitude, those heard above those not', () => {
    expect(pointsOf(map).features.map((one) => [one.properties.heard, one.geometry.coordinates])).toEqual([
      [false, [117.2, 36.8]],
      [true, [117, 36.6]],
      [true, [117.1, 36.7]],
    ])
    expect(pointsOf(null).features).toEqual([])
  })
})

describe('what needs attention', () => {
  const alarm = (level: string, district: string): PublicAlarm => ({
    level,
    rule: 'x',
    title: '报警',
    district,
    raised_at: now,
    acknowledged: false,
  })
  const one = (level: string, number: string): LiveCase => ({ level, number }) as LiveCase

  it('is told by level, cases before alarms, of the district that is looked at', () => {
    const told = (district: string): string[] =>
      mergedOf(
        [one('紧急', 'A'), one('一般', 'B')],
        [alarm('重大', '370102'), alarm('紧急', '370103'), alarm('一般', '370102')],
        district,
      ).map((row) => (row.kind === 'case' ? row.one.number : `${row.one.level}${row.one.district ?? ''}`))
    expect(told('')).toEqual(['重大370102', 'A', '紧急370103', 'B', '一般370102'])
    expect(told('370102')).toEqual(['重大370102', 'A', 'B', '一般370102'])
  })

  it('counts open alarms of a district, or of all', () => {
    const open = [
      { level: '重大', district: '370102', alarms: 2 },
      { level: '一般', district: null, alarms: 3 },
    ]
    expect(openOf({ now, open, rows: [] }, '')).toBe(5)
    expect(openOf({ now, open, rows: [] }, '370102')).toBe(2)
    expect(openOf(null, '')).toBe(0)
  })
})
