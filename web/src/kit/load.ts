// Loading something for a page: what came, what went wrong, and whether it takes so long that it must be said.

import { onScopeDispose, ref, shallowRef, type Ref, type ShallowRef } from 'vue'
import { Problem } from '../api/client'
import type { Rows } from '../api/types'
import { now } from '../time/city'

/** A skeleton shown for less than this only flickers, in milliseconds. */
const PATIENCE_MILLIS = 150
/** After this it is said that loading takes long, in milliseconds. */
const SLOW_MILLIS = 5_000

export interface Load<T> {
  data: ShallowRef<T | null>
  problem: ShallowRef<Problem | null>
  /** When the data came, in milliseconds of the city's time. */
  at: Ref<number>
  /** `waiting` shows nothing yet, `loading` a skeleton, `slow` says so. */
  phase: Ref<'idle' | 'waiting' | 'loading' | 'slow'>
  reload: () => Promise<void>
}

/** What was thrown, as a problem; anything but a refusal is a fault of the page and goes to the console. */
export function problemFrom(error: unknown): Problem {
  if (error instanceof Problem) return error
  console.error(error)
  return new Problem(500, {})
}

/** Loads at each `reload()`; an older answer never replaces a newer one, and old data stays until new comes. */
export function useLoad<T>(load: () => Promise<T>): Load<T> {
  const data = shallowRef<T | null>(null) as ShallowRef<T | null>
  const problem = shallowRef<Problem | null>(null)
  const at = ref(0)
  const phase: Load<T>['phase'] = ref('idle')
  let newest = 0
  let timers: ReturnType<typeof setTimeout>[] = []

  function rest(): void {
    timers.forEach(clearTimeout)
    timers = []
    phase.value = 'idle'
  }

  async function reload(): Promise<void> {
    const turn = ++newest
    rest()
    phase.value = 'waiting'
    timers = [
      setTimeout(() => (phase.value = 'loading'), PATIENCE_MILLIS),
      setTimeout(() => (phase.value = 'slow'), SLOW_MILLIS),
    ]
    try {
      const loaded = await load()
      if (turn !== newest) return
      data.value = loaded
      at.value = now.value
      problem.value = null
    } catch (error) {
      if (turn !== newest) return
      problem.value = problemFrom(error)
    }
    rest()
  }

  onScopeDispose(() => {
    newest += 1
    rest()
  })
  return { data, problem, at, phase, reload }
}

/** A list that grows by a page at each `reload()`; `next` is null when there is no more. */
export function usePages<R>(read: (after: string | null) => Promise<Rows<R>>): {
  list: Load<R[]>
  next: Ref<string | null>
} {
  const next = ref<string | null>(null)
  let rows: R[] = []
  const list = useLoad<R[]>(async () => {
    const page = await read(next.value)
    rows = next.value === null ? page.rows : [...rows, ...page.rows]
    next.value = page.next
    return rows
  })
  void list.reload()
  return { list, next }
}
