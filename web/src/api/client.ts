// The way to the services: one function per route, and the one kind of error that all of them throw.
// Pages import from here and, for things and alarms, from `things.ts`, so that a client generated from the OpenAPI document
// can take their place.

import type {
  CaseFilter,
  CaseRow,
  CallerHistory,
  CaseView,
  Category,
  City,
  DayNumbers,
  DayBrought,
  Decided,
  Demo,
  Division,
  FieldProblem,
  FormValues,
  Joined,
  Found,
  Knowledge,
  LimitTried,
  LiveCases,
  LiveKind,
  LiveNumbers,
  NearCase,
  Notice,
  OpenRequest,
  PackFunctions,
  PackGrants,
  PackOverview,
  PackProcedure,
  PackYear,
  Part,
  PlaceAt,
  PointPlace,
  ProblemBody,
  Procedure,
  Rows,
  Session,
  SimilarCase,
  Suggestion,
  Named,
} from './types'

/** How long an answer may take before the page stops waiting, in milliseconds. */
const ANSWER_MILLIS_MAX = 30_000

/** How a service said no. `status` 0: no service answered at all. */
export class Problem extends Error {
  readonly status: number
  readonly code: string
  readonly fields: FieldProblem[]
  readonly trace: string | null

  constructor(status: number, body: Partial<ProblemBody>) {
    super(body.detail ?? body.title ?? '')
    this.name = 'Problem'
    this.status = status
    this.code = body.code ?? (status === 0 ? 'unreachable' : 'fault')
    this.fields = body.fields ?? []
    this.trace = body.trace ?? null
  }
}

type Query = Record<string, string | number | boolean | null | undefined>

interface Call {
  method?: string
  query?: Query
  body?: unknown
  bytes?: Blob
  /** Names this very request, so that sending it twice does it once. */
  key?: string
  signal?: AbortSignal
}

/** A path with its query, without what is not set. */
export function address(path: string, query: Query = {}): string {
  const set = Object.entries(query).filter(([, value]) => value !== undefined && value !== null && value !== '')
  const text = new URLSearchParams(set.map(([name, value]) => [name, String(value)])).toString()
  return text === '' ? path : `${path}?${text}`
}

/** A fresh UUID; `crypto.randomUUID` is missing on pages served over plain http. */
export function newId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16))
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x40
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-')
}

/** Asks a service; every function of the client goes this way. */
export async function ask<A>(path: string, call: Call = {}): Promise<A> {
  const headers: Record<string, string> = { accept: 'application/json' }
  if (call.key !== undefined) headers['idempotency-key'] = call.key
  let body: BodyInit | null = null
  if (call.bytes) {
    headers['content-type'] = call.bytes.type
    body = call.bytes
  } else if (call.body !== undefined) {
    headers['content-type'] = 'application/json'
    body = JSON.stringify(call.body)
  }
  const waiting = new AbortController()
  const timer = setTimeout(() => waiting.abort(), ANSWER_MILLIS_MAX)
  call.signal?.addEventListener('abort', () => waiting.abort())
  try {
    const answer = await fetch(address(path, call.query), {
      method: call.method ?? 'GET',
      headers,
      body,
      credentials: 'same-origin',
      signal: waiting.signal,
    })
    if (!answer.ok) throw new Problem(answer.status, await problemOf(answer))
    return (answer.status === 204 ? undefined : await answer.json()) as A
  } catch (error) {
    if (error instanceof Problem) throw error
    throw new Problem(0, {})
  } finally {
    clearTimeout(timer)
  }
}

/** What a refusal says; a proxy in between may answer with a page of its own. */
async function problemOf(answer: Response): Promise<Partial<ProblemBody>> {
  if (!(answer.headers.get('content-type') ?? '').includes('json')) return {}
  return (await answer.json().catch(() => ({}))) as Partial<ProblemBody>
}

export const post = <A>(path: string, body: unknown, key?: string): Promise<A> =>
  ask<A>(path, { method: 'POST', body, ...(key === undefined ? {} : { key }) })

/** A moment as the services take it; nothing for now. */
const timeOf = (at: number | null): string | null => (at === null ? null : new Date(at).toISOString())

const caseAt = (id: string, rest = ''): string => `/api/cases/${encodeURIComponent(id)}${rest}`

export const api = {
  city: () => ask<City>('/api/city'),
  /** The demo's accounts and time; null when this city is not a demo. */
  demo: () =>
    ask<Demo>('/api/demo').catch((error: unknown) => {
      if (error instanceof Problem && error.status === 404) return null
      throw error
    }),

  /** Who is signed in; null for nobody. */
  session: () =>
    ask<Session>('/api/session').catch((error: unknown) => {
      if (error instanceof Problem && error.status === 401) return null
      throw error
    }),
  signIn: (user: string, password: string) => post<Session>('/api/session', { user, password }),
  signOut: () => ask<void>('/api/session', { method: 'DELETE' }),
  choosePost: (code: string | null) => post<Session>('/api/session/post', { post: code }),
  changePassword: (old: string, fresh: string) => post<void>('/api/password', { old, new: fresh }),
  register: (person: { user: string; password: string; name: string; phone?: string }) =>
    post<Session>('/api/residents', person),

  procedures: () => ask<{ procedures: Procedure[] }>('/api/procedures').then((answer) => answer.procedures),
  categories: (query: { procedure: string; q?: string; parent?: string }, signal?: AbortSignal) =>
    ask<{ categories: Category[] }>('/api/categories', { query, ...(signal ? { signal } : {}) }).then(
      (answer) => answer.categories,
    ),
  units: (query: { q?: string; codes?: string }) =>
    ask<{ units: Named[] }>('/api/units', { query }).then((answer) => answer.units),

  openCase: (request: OpenRequest) => post<CaseView>('/api/cases', request, request.id),
  nearCases: (query: { lon: number; lat: number; category?: string; procedure: string }) =>
    ask<{ cases: NearCase[] }>('/api/cases/near', { query }).then((answer) => answer.cases),
  readCase: (id: string) => ask<CaseView>(caseAt(id)),
  cases: (filter: CaseFilter) => ask<Rows<CaseRow>>('/api/cases', { query: filter }),
  myCases: (query: { after?: string; limit?: number }) => ask<Rows<CaseRow>>('/api/my/cases', { query }),
  exportAddress: (filter: CaseFilter) => address('/api/cases/export', filter),
  callerHistory: (phone: string, purpose: string) =>
    post<CallerHistory>('/api/cases/caller-history', { phone, purpose }),
  similarCases: (
    query: { procedure: string; category?: string; q?: string; lon?: number; lat?: number; but?: string },
    signal?: AbortSignal,
  ) =>
    ask<{ cases: SimilarCase[] }>('/api/cases/similar', { query, ...(signal ? { signal } : {}) }).then(
      (answer) => answer.cases,
    ),
  knowledge: (query: { procedure: string; category?: string; level?: string; lon?: number; lat?: number }) =>
    ask<Knowledge>('/api/knowledge', { query }),
  dayNumbers: () => ask<DayNumbers>('/api/queues'),

  decide: (
    id: string,
    body: { take: string; task?: string; version: number; form: FormValues; id: string },
  ) => post<Decided>(caseAt(id, '/decisions'), body, body.id),
  request: (id: string, body: { request: string; version: number; form: FormValues }, key: string) =>
    post<Decided>(caseAt(id, '/requests'), body, key),
  decideRequest: (
    id: string,
    request: string,
    body: { grant: boolean; version: number; form: FormValues },
    key: string,
  ) => post<Decided>(caseAt(id, `/requests/${encodeURIComponent(request)}/decision`), body, key),
  /** Joins a case for having met with the same; the reader's session says who. */
  support: (id: string) => post<Joined>(caseAt(id, '/supporters'), undefined, newId()),
  suggestions: (id: string) =>
    ask<{ suggestions: Suggestion[] }>(caseAt(id, '/suggestions')).then((answer) => answer.suggestions),
  readContact: (id: string, purpose: string) =>
    post<{ name: string | null; phone: string | null }>(caseAt(id, '/contact-reading'), { purpose }),

  sendPhoto: (photo: Blob, key: string) =>
    ask<{ id: string }>('/api/blobs', { method: 'POST', bytes: photo, key }).then((answer) => answer.id),

  /** The numbers of the live page, now or at a moment in milliseconds. */
  liveNumbers: (part: Part, at: number | null) =>
    ask<LiveNumbers>('/api/statistics/live', { query: { ...part, at: timeOf(at) } }),
  liveCases: (part: Part, kind: LiveKind, at: number | null, limit: number) =>
    ask<LiveCases>('/api/statistics/live/cases', { query: { ...part, kind, at: timeOf(at), limit } }),
  liveDays: (part: Part, days: number, at: number | null) =>
    ask<DayBrought[]>('/api/statistics/live/days', { query: { ...part, days, at: timeOf(at) } }),

  searchPlaces: (q: string, near?: PointPlace | null, signal?: AbortSignal) =>
    ask<Found[]>('/api/geo/search', {
      query: { q, ...(near ? { near: `${near.lon},${near.lat}` } : {}) },
      ...(signal ? { signal } : {}),
    }),
  placeAt: (lon: number, lat: number) => ask<PlaceAt>('/api/geo/at', { query: { lon, lat } }),
  divisions: (parent: string) => ask<Division[]>('/api/geo/divisions', { query: { parent } }),

  /** What I have set for my own screens; null when nothing. */
  setting: <V>(name: string) => ask<{ value: V | null }>(`/api/me/settings/${name}`).then((answer) => answer.value),
  setSetting: (name: string, value: unknown) =>
    ask<unknown>(`/api/me/settings/${name}`, { method: 'PUT', body: { value } }),

  pack: () => ask<PackOverview>('/api/pack'),
  packProcedure: (name: string) => ask<PackProcedure>(`/api/pack/procedures/${encodeURIComponent(name)}`),
  packFunctions: (query: { q?: string; table?: string }) => ask<PackFunctions>('/api/pack/functions', { query }),
  packGrants: () => ask<PackGrants>('/api/pack/grants'),
  packYear: (year: number) => ask<PackYear>(`/api/pack/calendar/${year}`),
  tryDispatch: (query: { procedure: string; category: string; level?: string; lon?: number; lat?: number }) =>
    ask<Knowledge>('/api/pack/trial/dispatch', { query }),
  tryLimit: (query: { procedure: string; key: string; category?: string; level?: string; start?: string }) =>
    ask<LimitTried>('/api/pack/trial/limit', { query }),

  notices: (query: { after?: string; limit?: number }) =>
    ask<Rows<Notice> & { unread: number }>('/api/notices', { query }),
  markNoticeRead: (id: string) =>
    ask<void>(`/api/notices/${encodeURIComponent(id)}/reading`, { method: 'POST' }),
}

/** Where a photo is shown from. */
export const photoAddress = (id: string): string => `/api/blobs/${encodeURIComponent(id)}`
