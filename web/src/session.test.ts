import { afterEach, expect, it, vi } from 'vitest'
import type { Session } from './api/types'
import { begin, session, signIn, signOut, trouble } from './session'

const SESSION = { person: { id: 'p', name: '泉小满' } } as unknown as Session
const answer = (status: number, body: unknown): Response =>
  new Response(JSON.stringify(body), { status, headers: { 'content-type': 'application/json' } })

/** The service: `who` answers who is signed in; the rest is there. */
function service(who: () => Promise<Response>): void {
  vi.stubGlobal('fetch', (path: string, { method }: RequestInit) => {
    if (path !== '/api/session') return Promise.resolve(answer(path === '/api/demo' ? 404 : 200, {}))
    return method === 'POST' ? Promise.resolve(answer(200, SESSION)) : who()
  })
}

afterEach(() => {
  vi.unstubAllGlobals()
  vi.useRealTimers()
  session.value = null
})

it('does not sign out whoever signed in while it was asked who they are', async () => {
  let say: (told: Response) => void = () => undefined
  service(() => new Promise((resolve) => (say = resolve)))
  const asked = begin()
  await signIn('quan', 'Spring-2026-water')
  say(answer(401, {}))
  await asked
  expect(session.value?.person.id).toBe('p')
})

it('does not sign in again whoever signed out meanwhile', async () => {
  let say: (told: Response) => void = () => undefined
  service(() => new Promise((resolve) => (say = resolve)))
  const asked = begin()
  vi.stubGlobal('fetch', () => Promise.resolve(new Response(null, { status: 204 })))
  await signOut()
  say(answer(200, SESSION))
  await asked
  expect(session.value).toBeNull()
})

it('asks again by itself when nobody answered', async () => {
  vi.useFakeTimers()
  service(() => Promise.reject(new TypeError('network')))
  await begin()
  expect(trouble.value?.status).toBe(0)
  service(() => Promise.resolve(answer(200, SESSION)))
  await vi.advanceTimersByTimeAsync(6_000)
  expect(trouble.value).toBeNull()
  expect(session.value?.person.id).toBe('p')
})
