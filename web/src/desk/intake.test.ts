import { describe, expect, it } from 'vitest'
import type { Procedure } from '../api/types'
import { emptyIntake, keepIntake, missingIn, openingOf, passagesOf, readIntake, titleFrom } from './intake'

const procedure = { name: 'p', kinds: ['求助'], channels: ['网页', '电话'], needs_place: true } as unknown as Procedure
const filled = {
  ...emptyIntake('p'),
  phone: ' 13800001111 ',
  name: '王小明',
  title: '路灯不亮',
  text: '七点以后不亮。',
  kind: '求助',
  category: { code: '0101', name: '路灯' },
  place: { lon: 117, lat: 36.6, address: '东街' },
}

describe('a request that is told on the telephone', () => {
  it('knows what is missing', () => {
    expect(missingIn(emptyIntake('p'), procedure)).toEqual(['title', 'category', 'kind', 'place'])
    expect(missingIn(filled, procedure)).toEqual([])
    expect(missingIn({ ...filled, kind: '' }, undefined)).toEqual([])
  })

  it('sends the channel by which one calls, and only what was told', () => {
    const sent = openingOf(filled, procedure, { wish: '修好' })
    expect(sent).toMatchObject({ id: filled.id, channel: '电话', contact: { name: '王小明', phone: '13800001111' }, form: { wish: '修好' } })
    expect('level' in sent).toBe(false)
    expect('contact' in openingOf({ ...filled, phone: '', name: '' }, procedure, {})).toBe(false)
  })

  it('keeps a draft for this tab without the caller', () => {
    const kept = new Map<string, string>()
    const storage = {
      getItem: (key: string) => kept.get(key) ?? null,
      setItem: (key: string, value: string) => void kept.set(key, value),
      removeItem: (key: string) => void kept.delete(key),
    }
    keepIntake(filled, storage)
    expect(JSON.stringify([...kept])).not.toMatch(/138|王小明/)
    expect(readIntake(storage)).toMatchObject({ id: filled.id, title: '路灯不亮', phone: '', name: '' })
    keepIntake(emptyIntake('p'), storage)
    expect(readIntake(storage)).toBeNull()
    kept.set('baotu.intake', '{"shape": 9')
    expect(readIntake(storage)).toBeNull()
  })

  it('makes a title of the first sentence', () => {
    expect(titleFrom('东街路灯不亮。晚上很危险')).toBe('东街路灯不亮')
    expect(titleFrom('一'.repeat(40))).toHaveLength(30)
    expect(titleFrom('  ')).toBe('')
  })

  it('reads the passages of a text for people', () => {
    expect(passagesOf('# 热线\n前言\n## 可以反映什么\n咨询。\n\n- 求助\n## 怎样办理\n五日。\n')).toEqual([
      { heading: '可以反映什么', lines: ['咨询。', '求助'] },
      { heading: '怎样办理', lines: ['五日。'] },
    ])
  })
})
