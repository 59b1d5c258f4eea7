import { describe, expect, it } from 'vitest'
import type { Series } from '../api/types'
import { drawnOf, nearestOf, spotsOf, SPANS, ticksOf, timesOf, unitOf, valueOf } from './series'

const noon = Date.parse('2026-11-29T04:00:00Z')
const at = (minutes: number): string => new Date(noon + minutes * 60_000).toISOString()
const series = (part: Partial<Series>): Series => ({
  property: 'tilt',
  title: '倾角',
  unit: '°',
  decimals: 1,
  readings: [],
  figures: [],
  gaps: [],
  next: null,
  ...part,
})
const reading = (minutes: number, value: number, quality = 'normal'): Series['readings'][number] => ({
  at: at(minutes),
  value,
  quality,
})
const figure = (minutes: number, mean: number | null): Series['figures'][number] => ({
  at: at(minutes),
  count: mean === null ? 0 : 3,
  mean,
  min: mean === null ? null : mean - 1,
  max: mean === null ? null : mean + 1,
  set_aside: 0,
})

describe('a series of readings', () => {
  it('breaks the line at each gap, and leaves one reading between two gaps by itself', () => {
    const told = series({
      readings: [0, 1, 2, 10, 20, 21].map((minutes) => reading(minutes, minutes)),
      gaps: [
        { from: at(2), to: at(10) },
        { from: at(10), to: at(20) },
      ],
    })
    const { lines, gaps } = drawnOf(told, 'raw', noon, noon + 30 * 60_000)
    expect(lines.map((line) => line.map((spot) => spot.value))).toEqual([[0, 1, 2], [10], [20, 21]])
    expect(gaps).toHaveLength(2)
  })

  it('keeps what the device itself did not trust beside the line', () => {
    const told = series({ readings: [reading(0, 1), reading(1, 900, 'over-range'), reading(2, 2, 'manual')] })
    const { lines, apart } = drawnOf(told, 'raw', noon, noon + 180_000)
    expect(lines.map((line) => line.map((spot) => spot.value))).toEqual([[1, 2]])
    expect(apart.map((spot) => [spot.value, spot.quality])).toEqual([[900, 'over-range']])
  })

  it('has no line where nothing was said', () => {
    const { lines, apart } = drawnOf(series({ gaps: [{ from: at(0), to: at(60) }] }), 'raw', noon, noon + 3_600_000)
    expect([lines, apart]).toEqual([[], []])
  })
})

describe('a series of hours', () => {
  const told = series({ figures: [figure(0, 5), figure(60, 6), figure(240, 7), figure(300, null)] })

  it('stands in the middle of each hour, with the smallest and the largest', () => {
    expect(spotsOf(told, 'hour')[0]).toMatchObject({ at: noon + 1_800_000, value: 5, low: 4, high: 6 })
    expect(spotsOf(told, 'hour')).toHaveLength(3)
  })

  it('takes hours without a usable reading as a gap, also at both ends, but not the hour that goes on', () => {
    const hours = (count: number): number => noon + count * 3_600_000
    const { lines, gaps } = drawnOf(told, 'hour', hours(-3), hours(5.5))
    expect(lines.map((line) => line.length)).toEqual([2, 1])
    expect(gaps).toEqual([
      { from: hours(-3), to: noon },
      { from: hours(2), to: hours(4) },
    ])
  })
})

describe('axes', () => {
  it.each([
    [0, 42, [0, 20, 40, 60]],
    [1.2, 1.9, [1.2, 1.4, 1.6, 1.8, 2]],
    [-3, 12, [-5, 0, 5, 10, 15]],
    [7, 7, [6.6, 6.8, 7, 7.2, 7.4]],
    [0, 0, [-0.5, 0, 0.5]],
  ])('holds %s to %s between round numbers', (low, high, ticks) => {
    expect(ticksOf(low, high)).toEqual(ticks)
  })

  it('tells whole hours and days of the city', () => {
    const times = timesOf(noon, noon + 86_400_000, 5)
    expect(times.map((time) => new Date(time).toISOString().slice(11, 16))).toEqual(['04:00', '10:00', '16:00', '22:00', '04:00'])
    const days = timesOf(noon, noon + 30 * 86_400_000, 8).map((time) => new Date(time).toISOString().slice(11, 16))
    expect([days.length, new Set(days)]).toEqual([6, new Set(['16:00'])])
  })

  it('offers only ways of telling that fit a span', () => {
    for (const span of SPANS) expect([...span.buckets]).toContain(span.bucket)
  })
})

it('writes values with their decimals, a true minus and a unit that says something', () => {
  expect([valueOf(1234.56, 1), valueOf(-0.04, 1), valueOf(-3, 0), valueOf(0.5, 2)]).toEqual(['1,234.6', '0.0', '−3', '0.50'])
  expect([unitOf('µg/m³'), unitOf('°'), unitOf('%LEL'), unitOf('1'), unitOf('状态')]).toEqual([' µg/m³', '°', '%LEL', '', ''])
})

it('finds the reading next to a moment', () => {
  const spots = spotsOf(series({ readings: [reading(0, 1), reading(10, 2)] }), 'raw')
  expect(nearestOf(spots, noon + 4 * 60_000)?.value).toBe(1)
  expect(nearestOf(spots, noon + 6 * 60_000)?.value).toBe(2)
  expect(nearestOf([], noon)).toBeNull()
})
