import { describe, expect, it } from 'vitest'
import type { FormSchema } from '../api/types'
import { faultsOf, fieldsOf, filledIn } from './schema'

const form: FormSchema = {
  title: '办结回复',
  properties: {
    result: { title: '办理情况', type: 'string', minLength: 4, maxLength: 8, 'x-widget': 'textarea' },
    amount: { title: '延长多少', type: 'integer', minimum: 1, maximum: 10, 'x-widget': 'amount' },
    solved: { title: '是否解决', type: 'boolean' },
    reason: { title: '理由', type: 'string', enum: ['天气影响', '情况复杂'] },
    photos: { title: '照片', type: 'array', items: { type: 'string', format: 'uuid' }, maxItems: 1 },
    until: { title: '恢复日期', type: 'string', format: 'date' },
    unit: { title: '单位', type: 'string', 'x-widget': 'unit' },
    grade: { title: '评价', type: 'integer', minimum: 1, maximum: 5, 'x-widget': 'amount' },
    odd: { title: '其他', type: 'string', 'x-widget': 'hologram' },
  },
  required: ['result', 'solved'],
}
const fields = fieldsOf(form)

describe('fields of a pack’s form', () => {
  it('draws each as the pack says, and finds a way where it does not', () => {
    expect(Object.fromEntries(fields.map((field) => [field.name, field.widget]))).toEqual({
      result: 'textarea',
      amount: 'amount',
      solved: 'choice',
      reason: 'choice',
      photos: 'photos',
      until: 'date',
      unit: 'unit',
      grade: 'choice',
      odd: 'text',
    })
  })

  it('gives the five grades their words, best first', () => {
    const grade = fields.find((field) => field.name === 'grade')
    expect(grade?.options.map((option) => [option.value, option.label])).toEqual([
      [5, '非常满意'],
      [4, '满意'],
      [3, '基本满意'],
      [2, '不满意'],
      [1, '非常不满意'],
    ])
  })

  it('leaves out what the page asks in its own way', () => {
    expect(fieldsOf(form, ['result', 'photos']).map((field) => field.name)).not.toContain('result')
    expect(fieldsOf(null)).toEqual([])
  })

  it.each([
    [{ solved: true, result: '' }, { result: '请填写办理情况' }],
    [{ solved: true, result: '  已修  ' }, { result: '办理情况至少 4 个字' }],
    [{ solved: true, result: '一二三四五六七八九' }, { result: '办理情况最多 8 个字' }],
    [{ solved: true, result: '👍👍👍👍👍👍👍👍' }, {}],
    [{ result: '已经修好' }, { solved: '请填写是否解决' }],
    [{ solved: false, result: '已经修好' }, {}],
    [{ solved: false, result: '已经修好', amount: '11' }, { amount: '延长多少应在 1 到 10 之间' }],
    [{ solved: false, result: '已经修好', amount: '1.5' }, { amount: '延长多少应为整数' }],
    [{ solved: false, result: '已经修好', amount: '五' }, { amount: '延长多少应为整数' }],
    [{ solved: false, result: '已经修好', photos: ['a', 'b'] }, { photos: '照片最多 1 项' }],
  ])('tells what is wrong at its field: %j', (draft, faults) => {
    expect(faultsOf(fields, draft)).toEqual(faults)
  })

  it('sends numbers as numbers, trims texts and leaves out what is empty', () => {
    const draft = { result: ' 已经修好 ', amount: '5', solved: false, reason: '', photos: [], grade: 4, stray: 'x' }
    expect(filledIn(fields, draft)).toEqual({ result: '已经修好', amount: 5, solved: false, grade: 4 })
  })
})
