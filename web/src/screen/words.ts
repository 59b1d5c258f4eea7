// The words of the live screen, and the names of categories that the feed tells by code.

import { ref } from 'vue'
import { api } from '../api/client'
import { dictionary } from '../words/language'
import chinese from '../words/screen.zh'
import type { Told } from './feed'

export const w = dictionary(chinese, () => import('../words/screen.en'))

/** The events that the public feed tells of. */
export const EVENTS = [
  'cases.opened',
  'cases.dispatched',
  'cases.resolved',
  'cases.redone',
  'cases.rated',
  'cases.closed',
  'cases.clock_overdue',
] as const
export type EventKind = (typeof EVENTS)[number]

/** Names of categories: looked up the first time that one is told of; the code alone says nothing to people. */
export function useCategoryNames(): { nameOf: (code: string | null) => string; learn: (told: Told) => Promise<void> } {
  const names = ref(new Map<string, string>())

  async function learn({ category, procedure }: Told): Promise<void> {
    if (category === null || procedure === null || names.value.has(category)) return
    names.value.set(category, '')
    try {
      const found = await api.categories({ procedure, q: category })
      names.value.set(category, found.find((one) => one.code === category)?.name ?? '')
    } catch {
      names.value.delete(category)
    }
  }
  return { nameOf: (code) => names.value.get(code ?? '') ?? '', learn }
}
