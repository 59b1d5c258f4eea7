import { expect, it } from 'vitest'
import { mishapWord, qualityWord } from './words'

it('tells oddities and qualities in words, and shows a name that it has no words for', () => {
  expect(mishapWord('clock-ahead')).toBe('设备时钟超前，读数被拒收')
  expect(mishapWord('crc-of-tomorrow')).toBe('crc-of-tomorrow')
  expect(qualityWord('over-range')).toBe('超量程')
  expect(qualityWord('unheard-of')).toBe('unheard-of')
})
