import { describe, expect, it } from 'vitest'
import type { Procedure } from '../../api/types'
import { emptyDraft, faultsOfStep, isBegun, keepDraft, readDraft, type ReportDraft, requestOf } from './draft'

const procedure = { name: 'hotline-ticket', channels: ['电话', '网页'], needs_place: true } as Procedure
const begun: ReportDraft = {
  ...emptyDraft('hotline-ticket'),
  title: ' 路灯不亮 ',
  category: { code: '0203', name: '路灯', path: ['城市管理', '路灯'] },
  place: { lon: 117.02, lat: 36.66, address: '历下区趵突泉' },
}

class Shelf {
  readonly kept = new Map<string, string>()
  getItem = (name: string): string | null => this.kept.get(name) ?? null
  setItem = (name: string, value: string): void => void this.kept.set(name, value)
}

describe('the draft of a report', () => {
  it('comes back as it was kept', () => {
    const shelf = new Shelf()
    keepDraft(begun, shelf)
    expect(readDraft(shelf)).toEqual(begun)
  })

  it.each(['', '{', '[]', '{"shape":1,"draft":{"title":"x"}}', '{"shape":2}', 'null'])(
    'is none when storage holds %j',
    (kept) => {
      const shelf = new Shelf()
      shelf.setItem('baotu.report', kept)
      expect(readDraft(shelf)).toBeNull()
    },
  )

  it('is lost quietly when storage is full, for the page still holds it', () => {
    const full = {
      setItem: () => {
        throw new DOMException('full', 'QuotaExceededError')
      },
    }
    expect(() => keepDraft(begun, full)).not.toThrow()
  })

  it('is worth keeping once anything was written', () => {
    expect(isBegun(emptyDraft('x'))).toBe(false)
    expect(isBegun(begun)).toBe(true)
  })

  it('holds each step until it can be left', () => {
    const empty = emptyDraft('hotline-ticket')
    expect(Object.keys(faultsOfStep('matter', empty, procedure))).toEqual(['title', 'category'])
    expect(faultsOfStep('matter', begun, procedure)).toEqual({})
    expect(Object.keys(faultsOfStep('place', empty, procedure))).toEqual(['place'])
    expect(faultsOfStep('place', empty, { needs_place: false })).toEqual({})
    expect(Object.keys(faultsOfStep('send', { ...begun, phone: '12' }, procedure))).toEqual(['phone'])
    expect(faultsOfStep('send', { ...begun, phone: '138 0000-0000' }, procedure)).toEqual({})
  })

  it('is sent without what was left empty', () => {
    expect(requestOf(begun, procedure, [])).toEqual({
      id: begun.id,
      procedure: 'hotline-ticket',
      category: '0203',
      title: '路灯不亮',
      channel: '网页',
      place: { lon: 117.02, lat: 36.66, address: '历下区趵突泉' },
      form: {},
    })
  })

  it('is sent with all that was given', () => {
    const full = {
      ...begun,
      text: '整条路',
      kind: '求助',
      address: '公交站旁',
      name: '王小明',
      phone: '138 0000-0000',
      confidential: true,
      form: { wish: '尽快修' },
    }
    expect(requestOf(full, procedure, ['p1'])).toMatchObject({
      text: '整条路',
      kind: '求助',
      place: { address: '历下区趵突泉 公交站旁' },
      contact: { name: '王小明', phone: '13800000000' },
      confidential: true,
      form: { wish: '尽快修', photos: ['p1'] },
    })
  })
})
