import { afterEach, describe, expect, it, vi } from 'vitest'
import { address, api, newId, Problem } from './client'

function answering(status: number, body: unknown, type = 'application/json') {
  const text = typeof body === 'string' ? body : JSON.stringify(body)
  const fetching = vi.fn((_path: string, _init: RequestInit) =>
    Promise.resolve(new Response(status === 204 ? null : text, { status, headers: { 'content-type': type } })),
  )
  vi.stubGlobal('fetch', fetching)
  return fetching
}

afterEach(() => vi.unstubAllGlobals())

describe('the way to the services', () => {
  it('leaves out of an address what is not set', () => {
    expect(address('/api/cases', { q: '路灯', after: '', level: undefined, limit: 20 })).toBe(
      '/api/cases?q=%E8%B7%AF%E7%81%AF&limit=20',
    )
    expect(address('/api/cases')).toBe('/api/cases')
  })

  it('makes ids of version 4', () => {
    expect(newId()).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
    expect(newId()).not.toBe(newId())
  })

  it('names a decision, so that sending it twice does it once', async () => {
    const fetching = answering(201, {})
    await api.decide('JN/1', { take: 'sign', version: 3, form: {}, id: 'attempt' })
    const [path, init] = fetching.mock.calls[0] ?? []
    expect(path).toBe('/api/cases/JN%2F1/decisions')
    expect(init?.headers).toMatchObject({ 'idempotency-key': 'attempt' })
  })

  it('throws what a service refuses, in its words', async () => {
    answering(422, { detail: '内容不符合要求', code: 'form-invalid', fields: [{ name: 'x', detail: 'y' }], trace: '7F3A' }, 'application/problem+json')
    const refused = await api.readCase('1').catch((error: unknown) => error)
    expect(refused).toBeInstanceOf(Problem)
    expect(refused).toMatchObject({ status: 422, code: 'form-invalid', message: '内容不符合要求', trace: '7F3A' })
    expect((refused as Problem).fields).toHaveLength(1)
  })

  it('is not confused by a page that a proxy answers with', async () => {
    answering(502, '<h1>Bad gateway</h1>', 'text/html')
    await expect(api.readCase('1')).rejects.toMatchObject({ status: 502, code: 'fault', fields: [] })
  })

  it('tells when no service answers at all', async () => {
    vi.stubGlobal('fetch', () => Promise.reject(new TypeError('network')))
    await expect(api.readCase('1')).rejects.toMatchObject({ status: 0, code: 'unreachable' })
  })

  it('takes nobody signed in and no demo for an answer, but not a fault', async () => {
    answering(401, { code: 'session-ended' })
    expect(await api.session()).toBeNull()
    answering(404, { code: 'no-demo' })
    expect(await api.demo()).toBeNull()
    answering(500, { code: 'fault' })
    await expect(api.session()).rejects.toMatchObject({ status: 500 })
  })
})
