import { describe, expect, it } from 'vitest'
import { chosen, dayOf, daysAway, minutesMax, minutesOf } from './scrub'

const city = (text: string): number => Date.parse(`${text}+08:00`)
const now = city('2026-11-27T14:03:20')
const day = city('2026-11-27T00:00:00')

describe('the time line', () => {
  it('begins a day at midnight of the city, wherever the device is', () => {
    expect(dayOf(now)).toBe(day)
    expect(dayOf(day)).toBe(day)
    expect(dayOf(day - 1)).toBe(city('2026-11-26T00:00:00'))
    expect(minutesOf(now)).toBe(14 * 60 + 3)
  })

  it('gives whole steps of five minutes', () => {
    expect(chosen(day, 8 * 60 + 7, now)).toBe(city('2026-11-27T08:05:00'))
    expect(chosen(day, -20, now)).toBe(day)
  })

  it('is now at the end of today, and never later', () => {
    expect(chosen(day, 14 * 60 + 3, now)).toBeNull()
    expect(chosen(day, 1_440, now)).toBeNull()
    expect(chosen(day, 14 * 60, now)).toBe(city('2026-11-27T14:00:00'))
    expect(minutesMax(day, now)).toBe(14 * 60 + 3)
    expect(minutesMax(city('2026-11-26T00:00:00'), now)).toBe(1_440)
  })

  it('goes back a day and forward again to now', () => {
    const yesterday = daysAway(null, -1, now, 39)
    expect(yesterday).toBe(city('2026-11-26T14:00:00'))
    expect(daysAway(yesterday, 1, now, 39)).toBe(city('2026-11-27T14:00:00'))
    expect(daysAway(city('2026-11-26T20:00:00'), 1, now, 39)).toBeNull()
  })

  it('does not go where nothing is kept', () => {
    const oldest = city('2026-10-20T14:00:00')
    expect(daysAway(oldest, -1, now, 39)).toBe(oldest)
  })
})
