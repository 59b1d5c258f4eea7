import { beforeEach, describe, expect, it } from 'vitest'
import { agoOf, dateOf, leftOf, minuteOf, numberOf, percentOf, secondOf, setClock, shortMinuteOf, spanOf } from './city'

describe('times as the city writes them', () => {
  beforeEach(() => setClock('2026-11-22T10:05:09Z'))

  it('is always in China’s time zone, whatever the device says', () => {
    expect(minuteOf('2026-11-22T10:05:09Z')).toBe('2026-11-22 18:05')
    expect(shortMinuteOf('2026-11-22T10:05:09Z')).toBe('11-22 18:05')
    expect(secondOf('2026-11-22T10:05:09Z')).toBe('18:05:09')
    expect(dateOf('2026-11-22T16:00:00Z')).toBe('2026-11-23')
  })

  it.each([
    [0, '0 分'],
    [59, '0 分'],
    [300, '5 分'],
    [3_600, '1 小时'],
    [7_800, '2 小时 10 分'],
    [86_400, '1 天'],
    [273_900, '3 天 4 小时'],
    [-7_800, '2 小时 10 分'],
  ])('tells a span of %i seconds in its two largest units', (seconds, words) => {
    expect(spanOf(seconds)).toBe(words)
  })

  it('says whether time is left, short or over', () => {
    expect(leftOf(86_400)).toEqual({ words: '剩 1 天', urgency: 'ok' })
    expect(leftOf(7_800)).toEqual({ words: '剩 2 小时 10 分', urgency: 'warn' })
    expect(leftOf(-10_800)).toEqual({ words: '超期 3 小时', urgency: 'bad' })
  })

  it('is relative only within a day', () => {
    expect(agoOf('2026-11-22T10:05:00Z')).toBe('刚刚')
    expect(agoOf('2026-11-22T07:05:09Z')).toBe('3 小时前')
    expect(agoOf('2026-11-20T10:05:09Z')).toBe('2026-11-20 18:05')
  })

  it('groups digits and gives one decimal to shares', () => {
    expect(numberOf(1_234_567)).toBe('1,234,567')
    expect(numberOf(999)).toBe('999')
    expect(percentOf(0.9645)).toBe('96.5%')
  })
})
