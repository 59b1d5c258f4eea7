import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { api, Problem } from '../api/client'
import type { CaseView, Offer } from '../api/types'
import { Attempts, carryOutOn, commonOffers } from './bulk'

const offer = (take: string, given: Partial<Offer> = {}): Offer => ({
  kind: 'exit',
  take,
  title: take,
  task: 't',
  request: null,
  to: [],
  form: null,
  form_name: null,
  until: null,
  effects: [],
  begins: [],
  ...given,
})
const view = (id: string, offers: Offer[]): CaseView => ({ id, version: 4, offers }) as unknown as CaseView
const decided = { decision: 'd', case: 'c', number: 'N', version: 5, status: '处置中', steps: [], closed: false, outcome: null, request: null }

describe('one act on several cases', () => {
  beforeEach(() => vi.spyOn(api, 'decide').mockResolvedValue(decided))
  afterEach(() => vi.restoreAllMocks())

  it('offers what every case offers, and no decision that belongs to one of them', () => {
    const cases = [
      view('a', [offer('accept'), offer('answer'), offer('extension', { kind: 'decide', request: 'r' })]),
      view('b', [offer('accept', { task: 'other' }), offer('note'), offer('extension', { kind: 'decide', request: 's' })]),
    ]
    expect(commonOffers(cases).map((one) => one.take)).toEqual(['accept'])
    expect(commonOffers([])).toEqual([])
    // Two tasks of one case offer the same: which is meant cannot be told.
    expect(commonOffers([view('a', [offer('done'), offer('done', { task: 'u' })])])).toEqual([])
  })

  it('sends each case its own task and version, under a key of its own', async () => {
    const attempts = new Attempts()
    const [a, b] = [view('a', [offer('accept', { task: 'ta' })]), view('b', [offer('accept', { task: 'tb' })])]
    for (const one of [a, b]) await carryOutOn(one, offer('accept'), {}, attempts)
    const sent = vi.mocked(api.decide).mock.calls.map(([id, body]) => ({ id, task: body.task, key: body.id }))
    expect(sent.map(({ id, task }) => [id, task])).toEqual([['a', 'ta'], ['b', 'tb']])
    expect(sent[0]?.key).not.toBe(sent[1]?.key)
  })

  it('tells what came of a case, and sends the same again only when nobody answered', async () => {
    const attempts = new Attempts()
    const one = view('a', [offer('accept')])
    vi.mocked(api.decide)
      .mockRejectedValueOnce(new Problem(0, {}))
      .mockRejectedValueOnce(new Problem(409, { code: 'stale-version' }))
    const results = []
    for (let turn = 0; turn < 3; turn += 1) results.push(await carryOutOn(one, offer('accept'), {}, attempts))
    expect(results.map(({ state, problem }) => [state, problem?.code])).toEqual([
      ['failed', 'unreachable'],
      ['failed', 'stale-version'],
      ['done', undefined],
    ])
    const [first, second, third] = vi.mocked(api.decide).mock.calls.map(([, body]) => body.id)
    expect(second).toBe(first)
    expect(third).not.toBe(second)
    expect(await carryOutOn(view('b', []), offer('accept'), {}, attempts)).toMatchObject({ state: 'failed' })
  })
})
