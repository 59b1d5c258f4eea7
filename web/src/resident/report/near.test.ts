import { describe, expect, it } from 'vitest'
import type { NearCase } from '../../api/types'
import { nearestFirst } from './near'

const near = (number: string, metres: number, name: string): NearCase =>
  ({ number, metres, category: { code: name, name } }) as NearCase

describe('cases around a place', () => {
  it('are shown within 50 metres, those of the same kind first, then the nearest', () => {
    const cases = [near('far', 51, '路灯异常'), near('litter', 3, '暴露垃圾'), near('lamp', 50, '路灯异常'), near('lamp2', 8, '路灯异常')]
    expect(nearestFirst(cases, '路灯异常').map((one) => one.number)).toEqual(['lamp2', 'lamp', 'litter'])
  })

  it('are a handful', () => {
    const many = Array.from({ length: 12 }, (_, at) => near(String(at), at, '暴露垃圾'))
    expect(nearestFirst(many, '').map((one) => one.number)).toEqual(['0', '1', '2', '3', '4'])
  })
})
