import { describe, expect, it } from 'vitest'
import type { CaseView, FormSchema, Offer } from '../api/types'
import { callBacks, isShort, missedCalls, missedSoFar, nextQuestion, waysOf } from './callback'

const questions: FormSchema = {
  properties: { contacted: { type: 'boolean' }, solved: { type: 'boolean' }, satisfied: { type: 'boolean' }, remark: { type: 'string' } },
}
const rated: FormSchema = { properties: { ...questions.properties, grade: { type: 'integer' } } }
const offer = (take: string, effects: string[], form: FormSchema | null, kind: Offer['kind'] = 'exit'): Offer => ({
  kind, take, title: take, task: null, request: null, to: [], form, form_name: null, effects, until: null, begins: [],
})
const offers = [
  offer('approve', ['call-back'], questions),
  offer('approve-rated', ['call-back', 'rate', 'close'], rated),
  offer('redo', ['call-back', 'redo', 'start-clock'], questions),
  offer('unreached', ['call-back', 'close'], { properties: { unreachable: { type: 'boolean' } } }),
  offer('missed-call', ['count'], null, 'act'),
  offer('note', [], null, 'act'),
]
const view = {
  offers,
  callbacks: [{ unreachable: true }],
  timeline: [{ kind: 'act', take: 'missed-call' }, { kind: 'act', take: 'note' }],
} as unknown as CaseView

describe('the script of a call-back', () => {
  it('asks one question after the other', () => {
    expect(nextQuestion({})).toBe('contacted')
    expect(nextQuestion({ contacted: false })).toBe('solved')
    expect(nextQuestion({ contacted: true, solved: true, satisfied: false })).toBeNull()
  })

  it('leads on when all is well, and to another round when it is not', () => {
    const found = callBacks(view)
    const takes = (answers: Parameters<typeof waysOf>[1]): string[] => waysOf(found, answers).fitting.map((one) => one.take)
    expect(takes({ contacted: true, solved: true, satisfied: true })).toEqual(['approve', 'approve-rated'])
    expect(takes({ contacted: true, solved: true, satisfied: false })).toEqual(['redo'])
    expect(found.map(isShort)).toEqual([true, false, true])
  })

  it('counts how often nobody answered', () => {
    expect(missedCalls(view).map((one) => one.take)).toEqual(['unreached', 'missed-call'])
    expect(missedSoFar(view)).toBe(2)
  })
})
