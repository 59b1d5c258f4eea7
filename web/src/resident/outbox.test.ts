import { beforeEach, describe, expect, it, vi } from 'vitest'
import type { OpenRequest, Session } from '../api/types'
import type { WaitingReport } from './shelf'

// IndexedDB is the browser's; what is decided about it here is tested over a shelf in memory.
const shelf = new Map<string, WaitingReport>()
const dropped: string[] = []
vi.mock('./shelf', () => ({
  keepReport: (report: WaitingReport) => Promise.resolve(Boolean(shelf.set(report.id, report))),
  dropReport: (id: string) => Promise.resolve(void shelf.delete(id)),
  waitingReports: () => Promise.resolve([...shelf.values()].sort((one, other) => one.since - other.since)),
  photosOf: (keys: string[]) =>
    Promise.resolve(keys.map((key) => ({ key, bytes: new Blob(['x'], { type: 'image/jpeg' }), shown: '', place: null }))),
  dropPhotos: (keys: string[]) => Promise.resolve(void dropped.push(...keys)),
}))

const { enqueue, refused, sendWaiting, sentNumbers, takeBack, waiting } = await import('./outbox')
const { online } = await import('../kit/online')
const { session, trouble } = await import('../session')

interface Sent {
  path: string
  key: string | null
  body: unknown
}

/** The service as it answers; an `Error` stands for no answer. */
function service(answers: Record<string, (sent: Sent) => Response | Error>): Sent[] {
  const all: Sent[] = []
  vi.stubGlobal('fetch', (path: string, call: RequestInit) => {
    const headers = call.headers as Record<string, string>
    const body = typeof call.body === 'string' ? (JSON.parse(call.body) as unknown) : null
    const sent = { path, key: headers['idempotency-key'] ?? null, body }
    all.push(sent)
    const answer = answers[path]?.(sent) ?? new Error('no answer')
    return answer instanceof Error ? Promise.reject(answer) : Promise.resolve(answer)
  })
  return all
}

const json = (status: number, body: unknown): Response =>
  new Response(JSON.stringify(body), { status, headers: { 'content-type': 'application/json' } })
const opened = (): Response => json(201, { number: 'JN20261127000001' })
const report = (id: string, photos: string[] = []) => ({
  id,
  request: { id, procedure: 'hotline-ticket', category: '010403', title: `路灯 ${id}`, form: { wish: '尽快' } } as OpenRequest,
  photos,
})

describe('reports that wait for a network', () => {
  beforeEach(async () => {
    shelf.clear()
    dropped.length = 0
    sentNumbers.value = []
    trouble.value = null
    session.value = { person: { id: 'p', user: 'u', name: '陈' } } as Session
    await takeBack('none')
  })

  it('are sent once, photos first, under the id with which they were written', async () => {
    await enqueue(report('a', ['photo-a']))
    expect(waiting.value.map((one) => one.id)).toEqual(['a'])
    const sent = service({ '/api/blobs': () => json(201, { id: 'blob-1' }), '/api/cases': opened })
    await Promise.all([sendWaiting(), sendWaiting()])
    expect(sent.map(({ path, key }) => [path, key])).toEqual([
      ['/api/blobs', 'photo-a'],
      ['/api/cases', 'a'],
    ])
    expect(sent[1]?.body).toMatchObject({ id: 'a', form: { wish: '尽快', photos: ['blob-1'] } })
    expect([waiting.value, sentNumbers.value, dropped]).toEqual([[], ['JN20261127000001'], ['photo-a']])
  })

  it('stay where they are without an answer, and go out under the same id later', async () => {
    await enqueue(report('b'))
    const lost = service({ '/api/cases': () => new Error('the connection broke') })
    await sendWaiting()
    expect(waiting.value.map((one) => one.id)).toEqual(['b'])
    const sent = service({ '/api/cases': opened })
    await sendWaiting()
    expect([online.value, sent]).toEqual([false, []])
    // The page has asked again, and was answered.
    trouble.value = null
    await sendWaiting()
    expect([lost[0]?.key, sent[0]?.key, waiting.value.length]).toEqual(['b', 'b', 0])
  })

  it('wait for somebody to sign in when the session has ended', async () => {
    await enqueue(report('c'))
    service({ '/api/cases': () => json(401, { detail: '请先登录' }) })
    await sendWaiting()
    expect([session.value, waiting.value.length]).toEqual([null, 1])
  })

  it('are told with the reason when the service refuses them, and hold up no other', async () => {
    await enqueue(report('d'))
    await enqueue(report('e'))
    service({
      '/api/cases': ({ key }) => (key === 'd' ? json(422, { detail: '地点不在本市范围内', code: 'place-outside' }) : opened()),
    })
    await sendWaiting()
    expect(refused.value.map((one) => [one.id, one.refused])).toEqual([['d', '地点不在本市范围内']])
    expect([waiting.value.length, sentNumbers.value.length]).toEqual([0, 1])
    await takeBack('d')
    expect(refused.value).toEqual([])
  })

  it('know a refusal from a fault of the service', async () => {
    await enqueue(report('f'))
    service({ '/api/cases': () => json(503, {}) })
    await sendWaiting()
    expect([waiting.value.length, refused.value.length]).toEqual([1, 0])
  })
})
