// The public feed of what happens: it goes on where it was cut off, comes back by itself however long it was gone, and
// knows when a line that looks open has gone silent.

import { computed, onScopeDispose, ref, shallowRef, type ComputedRef, type ShallowRef } from 'vue'
import type { LiveMessage } from '../api/types'
import { EVENTS } from './words'

/** Messages kept. */
const KEPT_MAX = 40
/** A feed that the service has ended is asked for again after this, in milliseconds. */
const AGAIN_MILLIS = 3_000
/** The service tells at least every ten seconds that it is alive; after this long nobody knows, in milliseconds. */
export const SILENCE_MILLIS_MAX = 25_000
/** How often silence is looked for, in milliseconds. */
const LOOK_MILLIS = 1_000

export interface Told extends LiveMessage {
  /** Its position in the log. */
  id: string
}

/** `open`: messages come. `lost`: it is being opened again. `silent`: open, but nothing has come for too long. */
export type Line = 'opening' | 'open' | 'lost' | 'silent'

/** The newest first, none twice: after a reconnection a message may come again. */
export function withNewest(told: readonly Told[], next: Told, most = KEPT_MAX): Told[] {
  return told.some((one) => one.id === next.id) ? [...told] : [next, ...told].slice(0, most)
}

/** What the line is, from whether it is open and when something last came over it. */
export function lineAt(open: boolean | null, heardAt: number, now: number): Line {
  if (open === null) return 'opening'
  if (!open) return 'lost'
  return now - heardAt > SILENCE_MILLIS_MAX ? 'silent' : 'open'
}

export interface Feed {
  told: ShallowRef<Told[]>
  line: ComputedRef<Line>
}

/** Listens; `heard` is called for each message, `opened` when the line is open, again or for the first time. */
export function useFeed(heard: (told: Told) => void, opened: () => void): Feed {
  const told = shallowRef<Told[]>([])
  const open = ref<boolean | null>(null)
  const heardAt = ref(Date.now())
  const now = ref(Date.now())
  const line = computed(() => lineAt(open.value, heardAt.value, now.value))
  let source: EventSource | undefined
  let timer: ReturnType<typeof setTimeout> | undefined
  let last: string | null = null

  function alive(): void {
    heardAt.value = now.value = Date.now()
  }

  function hear(event: MessageEvent<string>): void {
    alive()
    try {
      const next: Told = { ...(JSON.parse(event.data) as LiveMessage), id: event.lastEventId }
      last = next.id
      told.value = withNewest(told.value, next)
      heard(next)
    } catch (error) {
      console.error(error)
    }
  }

  function connect(): void {
    // The browser itself names the last message when it opens a line again, but not on a new one.
    source = new EventSource(last === null ? '/api/live' : `/api/live?after=${encodeURIComponent(last)}`)
    source.onopen = () => {
      open.value = true
      alive()
      opened()
    }
    source.onerror = () => {
      open.value = false
      if (source?.readyState === EventSource.CLOSED) again()
    }
    source.addEventListener('alive', alive)
    for (const kind of EVENTS) source.addEventListener(kind, hear)
  }

  function again(): void {
    source?.close()
    clearTimeout(timer)
    timer = setTimeout(connect, AGAIN_MILLIS)
  }

  const looking = setInterval(() => {
    now.value = Date.now()
    // A line that has gone silent may be dead without either end knowing: a new one is as good.
    if (line.value === 'silent' && source?.readyState === EventSource.OPEN) {
      open.value = false
      again()
    }
  }, LOOK_MILLIS)

  connect()
  onScopeDispose(() => {
    clearInterval(looking)
    clearTimeout(timer)
    source?.close()
  })
  return { told, line }
}
