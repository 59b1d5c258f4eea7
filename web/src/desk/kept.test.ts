import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { api, Problem } from '../api/client'
import { columns, forgetKept, keepProblem, keptOf, readKept, removeView, saveView, showColumns, viewOf, views } from './kept'

describe('what an official has set', () => {
  beforeEach(() => {
    vi.spyOn(api, 'setSetting').mockResolvedValue(undefined)
  })
  afterEach(() => {
    forgetKept()
    vi.restoreAllMocks()
  })

  it('understands what it wrote, and nothing that is broken', () => {
    const good = { name: '今天', query: { queue: 'unit' } }
    expect(keptOf({ views: [good, { name: ' ', query: {} }, { name: 'x', query: { a: 1 } }, 7], columns: ['left'], density: 'compact' })).toEqual({
      views: [good],
      columns: ['left'],
      density: 'compact',
    })
    expect(keptOf('nonsense').density).toBe('normal')
  })

  it('keeps a view without the page that was open, in the place of one of the same name', async () => {
    vi.spyOn(api, 'setting').mockResolvedValue({ views: [{ name: '超期', query: { queue: 'all' } }] })
    await readKept()
    await saveView('超期', { queue: 'unit', overdue: 'true', after: 'abc' })
    expect(views.value).toEqual([{ name: '超期', query: { queue: 'unit', overdue: 'true' } }])
    expect(viewOf({ queue: 'unit', overdue: 'true', after: 'next' })?.name).toBe('超期')
    expect(viewOf({ queue: 'unit' })).toBeNull()
    await removeView('超期')
    expect(api.setSetting).toHaveBeenLastCalledWith('desk-queue', expect.objectContaining({ views: [] }))
  })

  it('says when something could not be kept, and shows it all the same', async () => {
    vi.mocked(api.setSetting).mockRejectedValueOnce(new Problem(0, {}))
    await showColumns(['title', 'left'])
    expect(columns.value).toEqual(['title', 'left'])
    expect(keepProblem.value?.status).toBe(0)
  })
})
