import { describe, expect, it } from 'vitest'
import type { ThingFilter } from '../../api/types'
import { alarmFilterOf, alarmQueryOf, byLevel, changed, isNarrowed, thingFilterOf } from './filters'

describe('a list of devices in the address', () => {
  it('is read without what the service would refuse', () => {
    const query = { kind: 'lamp-pole', online: 'perhaps', state: 'lost', q: '泉城', division: ['a', 'b'], other: 'x' }
    expect(thingFilterOf(query)).toEqual({ kind: 'lamp-pole', q: '泉城' })
    expect(thingFilterOf({ online: 'false', state: 'suspended' })).toEqual({ online: 'false', state: 'suspended' })
  })

  it('begins anew when it is narrowed otherwise', () => {
    const list: ThingFilter = { kind: 'lamp-pole', after: 'LP-9' }
    expect(changed(list, 'q', '泉')).toEqual({ kind: 'lamp-pole', q: '泉' })
    expect(changed({ ...list, q: '泉' }, 'kind', '')).toEqual({ q: '泉' })
    expect([isNarrowed({ after: 'LP-9' }), isNarrowed({ q: '泉' })]).toEqual([false, true])
  })
})

describe('a list of alarms in the address', () => {
  it('holds the open ones unless it says otherwise', () => {
    expect(alarmFilterOf({})).toEqual({ open: 'true' })
    expect(alarmFilterOf({ open: 'all', level: '特大', since: 'noon' })).toEqual({})
    expect(alarmFilterOf({ open: 'false', level: '重大' })).toEqual({ open: 'false', level: '重大' })
  })

  it('comes back as it was', () => {
    const queries: Record<string, string>[] = [{}, { open: 'all' }, { open: 'false', level: '紧急', rule: 'gas-leaks' }, { thing: 'a' }]
    for (const query of queries) {
      expect(alarmQueryOf(alarmFilterOf(query))).toEqual(query)
    }
  })

  it('stands by level, and by time within one', () => {
    const rows = ['一般', '重大', '特大', '紧急', '重大'].map((level, index) => ({ level, index }))
    expect(byLevel(rows).map((row) => row.index)).toEqual([1, 4, 3, 0, 2])
  })
})
