import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { effectScope } from 'vue'
import { lineAt, SILENCE_MILLIS_MAX, type Told, useFeed, withNewest } from './feed'

const told = (id: string): Told => ({
  id,
  kind: 'cases.opened',
  time: '2026-11-22T10:00:00Z',
  number: null,
  procedure: null,
  status: null,
  level: null,
  division: null,
  category: null,
})

describe('the list of what happens', () => {
  it('has the newest first and forgets the oldest', () => {
    expect(withNewest([told('2'), told('1')], told('3'), 2).map((one) => one.id)).toEqual(['3', '2'])
  })

  it('shows a message once, though a reconnection tells it again', () => {
    expect(withNewest([told('2'), told('1')], told('2'), 9).map((one) => one.id)).toEqual(['2', '1'])
  })
})

describe('the line', () => {
  it('is open only while something comes over it', () => {
    expect(lineAt(null, 0, 0)).toBe('opening')
    expect(lineAt(false, 0, 0)).toBe('lost')
    expect(lineAt(true, 0, SILENCE_MILLIS_MAX)).toBe('open')
    expect(lineAt(true, 0, SILENCE_MILLIS_MAX + 1)).toBe('silent')
  })
})

/** A line whose other end is this test. */
class Source extends EventTarget {
  static all: Source[] = []
  static readonly OPEN = 1
  static readonly CLOSED = 2
  readyState = 0
  onopen: (() => void) | null = null
  onerror: (() => void) | null = null

  constructor(readonly url: string) {
    super()
    Source.all.push(this)
  }

  open(): void {
    this.readyState = Source.OPEN
    this.onopen?.()
  }

  say(kind: string, id: string): void {
    this.dispatchEvent(new MessageEvent(kind, { data: JSON.stringify({ kind }), lastEventId: id }))
  }

  close(): void {
    this.readyState = Source.CLOSED
  }
}

describe('a feed', () => {
  beforeEach(() => {
    vi.useFakeTimers()
    vi.stubGlobal('EventSource', Source)
    Source.all = []
  })
  afterEach(() => {
    vi.useRealTimers()
    vi.unstubAllGlobals()
  })

  it('opens a new line after a silent one, and goes on after the last message', () => {
    const scope = effectScope()
    const opened = vi.fn()
    const feed = scope.run(() => useFeed(() => undefined, opened))
    const [first] = Source.all
    first?.open()
    first?.say('cases.opened', '7.1')
    expect(feed?.line.value).toBe('open')
    vi.advanceTimersByTime(SILENCE_MILLIS_MAX + 6_000)
    expect(feed?.line.value).toBe('lost')
    expect(Source.all.map((one) => one.url)).toEqual(['/api/live', '/api/live?after=7.1'])
    Source.all[1]?.open()
    expect(feed?.line.value).toBe('open')
    expect(opened).toHaveBeenCalledTimes(2)
    scope.stop()
    expect(Source.all.every((one) => one.readyState === Source.CLOSED)).toBe(true)
  })

  it('stays open while the service only says that it is alive', () => {
    const scope = effectScope()
    const feed = scope.run(() => useFeed(() => undefined, () => undefined))
    Source.all[0]?.open()
    for (let seconds = 0; seconds < 120; seconds += 10) {
      vi.advanceTimersByTime(10_000)
      Source.all[0]?.say('alive', '')
    }
    expect(feed?.line.value).toBe('open')
    expect(Source.all).toHaveLength(1)
    scope.stop()
  })
})
