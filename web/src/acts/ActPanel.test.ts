import { flushPromises, mount } from '@vue/test-utils'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { api, Problem } from '../api/client'
import type { CaseView, Offer } from '../api/types'
import ActPanel from './ActPanel.vue'

const offer = (given: Partial<Offer>): Offer => ({
  kind: 'exit',
  take: 'approve',
  title: '已解决',
  task: 't1',
  request: null,
  to: ['评价'],
  form: {
    properties: { remark: { title: '回访记录', type: 'string', minLength: 2, 'x-widget': 'textarea' } },
    required: ['remark'],
  },
  form_name: 'call-back',
  effects: [],
  until: null,
  begins: [],
  ...given,
})

const view = (offers: Offer[], version = 3): CaseView =>
  ({ id: 'c1', version, procedure: { name: 'p', title: 'P' }, offers }) as unknown as CaseView

const decided = { decision: 'd', case: 'c1', number: 'N1', version: 4, status: '待回访', steps: [], closed: false, outcome: null, request: null }

describe('the acts of a case', () => {
  beforeEach(() => {
    vi.spyOn(api, 'decide').mockResolvedValue(decided)
    vi.spyOn(api, 'decideRequest').mockResolvedValue(decided)
  })
  afterEach(() => vi.restoreAllMocks())

  it('sends the form only when it is filled in, and tells the new state', async () => {
    const panel = mount(ActPanel, { props: { view: view([offer({})]) } })
    await panel.get('[data-take=approve]').trigger('click')
    await panel.get('form').trigger('submit')
    expect(panel.text()).toContain('请填写回访记录')
    expect(api.decide).not.toHaveBeenCalled()

    await panel.get('textarea').setValue('已联系')
    await panel.get('form').trigger('submit')
    await flushPromises()
    expect(api.decide).toHaveBeenCalledWith(
      'c1',
      expect.objectContaining({ take: 'approve', task: 't1', version: 3, form: { remark: '已联系' } }),
    )
    expect(panel.emitted('done')).toEqual([['“已解决”已提交，当前状态：待回访。']])
  })

  it('keeps what was typed when another exit with the same form is chosen', async () => {
    const offers = [offer({}), offer({ take: 'redo', title: '重办' })]
    const panel = mount(ActPanel, { props: { view: view(offers) } })
    await panel.get('[data-take=approve]').trigger('click')
    await panel.get('textarea').setValue('没有修好')
    await panel.get('[data-take=redo]').trigger('click')
    expect(panel.get('textarea').element.value).toBe('没有修好')
  })

  it('says when somebody else was faster, and keeps what was typed over the reload', async () => {
    vi.mocked(api.decide).mockRejectedValueOnce(new Problem(409, { code: 'stale-version' }))
    const panel = mount(ActPanel, { props: { view: view([offer({})]) } })
    await panel.get('[data-take=approve]').trigger('click')
    await panel.get('textarea').setValue('已联系')
    await panel.get('form').trigger('submit')
    await flushPromises()
    expect(panel.text()).toContain('已被他人更新，请刷新')
    expect(panel.emitted('done')).toBeUndefined()

    await panel.setProps({ view: view([offer({})], 5) })
    expect(panel.get('textarea').element.value).toBe('已联系')
    await panel.get('form').trigger('submit')
    await flushPromises()
    expect(api.decide).toHaveBeenLastCalledWith('c1', expect.objectContaining({ version: 5 }))
  })

  it('sends the same attempt again when nobody answered, and another one after a refusal', async () => {
    vi.mocked(api.decide)
      .mockRejectedValueOnce(new Problem(0, {}))
      .mockRejectedValueOnce(new Problem(422, { code: 'form-invalid', fields: [{ name: 'form.remark', detail: '太短' }] }))
    const panel = mount(ActPanel, { props: { view: view([offer({})]) } })
    await panel.get('[data-take=approve]').trigger('click')
    await panel.get('textarea').setValue('已联系')
    for (let turn = 0; turn < 3; turn += 1) {
      await panel.get('form').trigger('submit')
      await flushPromises()
      if (turn === 1) expect(panel.get('[data-field=remark]').text()).toContain('太短')
    }
    const [first, second, third] = vi.mocked(api.decide).mock.calls.map(([, body]) => body.id)
    expect(second).toBe(first)
    expect(third).not.toBe(first)
  })

  it('lets a request be granted or refused', async () => {
    const panel = mount(ActPanel, { props: { view: view([offer({ kind: 'decide', take: 'extension', request: 'r1', form: null })]) } })
    await panel.get('[data-take=extension]').trigger('click')
    await panel.get('.danger').trigger('click')
    await flushPromises()
    expect(api.decideRequest).toHaveBeenCalledWith('c1', 'r1', { grant: false, version: 3, form: {} }, expect.any(String))
  })
})
