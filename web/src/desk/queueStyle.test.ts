import { expect, it } from 'vitest'
import type { CaseRow } from '../api/types'
import { pointsOf } from './queueStyle'

const row = (number: string, level: string | null, place: CaseRow['place']): CaseRow => ({ number, level, place }) as CaseRow

it('draws cases that have a place, the worst level first; a level of a pack’s own counts as the mildest', () => {
  const place = { lon: 117.02, lat: 36.66 } as CaseRow['place']
  const { features } = pointsOf([
    row('N1', '重大', place),
    row('N2', null, null),
    row('N3', '特急', place),
    row('N4', '一般', place),
  ])
  expect(features.map(({ properties }) => [properties.number, properties.rank])).toEqual([
    ['N1', 0],
    ['N3', 2],
    ['N4', 2],
  ])
  expect(features[0]?.geometry.coordinates).toEqual([117.02, 36.66])
})
