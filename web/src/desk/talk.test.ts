import { describe, expect, it } from 'vitest'
import type { TimelineEntry } from '../api/types'
import { internalNotes, publicReplies } from './talk'

const entry = (given: Partial<TimelineEntry>): TimelineEntry =>
  ({
    id: given.title ?? '', at: '2026-11-24T01:00:00Z', title: '备注', kind: 'act', from: ['办理'], to: ['办理'], photos: [], opinion: null, form: null,
    by: { name: '郑强', unit: { code: 'w', name: '市政处' }, post: null, kind: 'official' }, ...given,
  }) as TimelineEntry

describe('what was said in a case', () => {
  const timeline = [
    entry({ title: '备注一', form: { remark: '摊贩六家' } }),
    entry({ title: '办结', kind: 'exit', to: ['审核'], form: { result: '已劝离', public_reply: '您好，已劝离。' } }),
    entry({ title: '进展', form: { public_reply: '正在处理', remark: '别说' } }),
    entry({ title: '督办', opinion: '请尽快' }),
  ]

  it('tells the reporter only what is meant for them, the newest first', () => {
    expect(publicReplies(timeline).map((one) => one.words)).toEqual(['正在处理', '您好，已劝离。'])
  })

  it('keeps notes among officials apart', () => {
    expect(internalNotes(timeline).map((one) => one.words)).toEqual(['请尽快', '摊贩六家'])
    expect(internalNotes(timeline)[0]?.by).toBe('市政处 郑强')
  })
})
