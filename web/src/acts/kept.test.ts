import { describe, expect, it } from 'vitest'
import { keepDrafts, readDrafts } from './kept'

describe('what was typed into the forms of a case', () => {
  const kept = new Map<string, string>()
  const storage = { getItem: (key: string) => kept.get(key) ?? null, setItem: (key: string, value: string) => void kept.set(key, value) }

  it('is there after the page was lost, but no photo', () => {
    keepDrafts('c1', { resolve: { result: '已清理', photos: [{ key: 'k', bytes: new Blob() }], units: ['u'], empty: '' } }, storage)
    expect(readDrafts('c1', storage)).toEqual({ resolve: { result: '已清理', units: ['u'] } })
    expect(readDrafts('c2', storage)).toEqual({})
  })

  it('is forgotten once it is sent, and of the oldest of many cases', () => {
    for (let number = 0; number < 30; number += 1) keepDrafts(`n${number}`, { form: { remark: '字' } }, storage)
    expect([readDrafts('n0', storage), readDrafts('n29', storage)]).toEqual([{}, { form: { remark: '字' } }])
    keepDrafts('n29', {}, storage)
    expect(readDrafts('n29', storage)).toEqual({})
    kept.set('baotu.acts', 'broken')
    expect(readDrafts('n29', storage)).toEqual({})
  })
})
