import { describe, expect, it } from 'vitest'
import { searchOf, viewOf } from './address'

const usual = { scene: '', rotate: 0, kiosk: false, district: '', at: null, things: true, panel: null }

describe('the view in the address', () => {
  it('is as usual when the address says nothing, or nothing that means anything', () => {
    expect(viewOf('')).toEqual(usual)
    expect(viewOf('?rotate=x&kiosk=yes&district=37&at=noon&panel=clock')).toEqual(usual)
    expect(searchOf(usual)).toBe('')
  })

  it('comes back as it was', () => {
    const text = '?scene=hotline-12345&rotate=30&kiosk=1&district=370102&at=2026-11-27T14:00&things=0&panel=map'
    const view = viewOf(text)
    expect(view.at).toBe(Date.parse('2026-11-27T06:00:00Z'))
    expect(searchOf(view)).toBe(text)
  })

  it('takes a whole time of any zone as well', () => {
    expect(viewOf('?at=2026-11-27T06:00:00Z').at).toBe(viewOf('?at=2026-11-27T14:00').at)
  })

  it('changes scenes no faster than they can be read', () => {
    expect(viewOf('?rotate=1').rotate).toBe(5)
    expect(viewOf('?rotate=-3').rotate).toBe(0)
  })
})
