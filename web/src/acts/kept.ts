// What was typed into the forms of a case, kept on this device until it is sent: a phone in the street loses its page.

import type { Draft } from '../forms/schema'

const KEPT_AS = 'baotu.acts'
/** Cases whose drafts are kept at most; the oldest go first. */
const CASES_MAX = 20

type Drafts = Record<string, Draft>

function all(storage: Pick<Storage, 'getItem'>): [string, Drafts][] {
  try {
    const kept: unknown = JSON.parse(storage.getItem(KEPT_AS) ?? '[]')
    return Array.isArray(kept) ? (kept as [string, Drafts][]).filter((one) => Array.isArray(one) && one.length === 2) : []
  } catch {
    return []
  }
}

/** What was kept of a case. */
export function readDrafts(id: string, storage: Pick<Storage, 'getItem'> = localStorage): Drafts {
  return all(storage).find(([known]) => known === id)?.[1] ?? {}
}

/** Keeps what can be written down: photos are files and stay with the page. */
export function keepDrafts(id: string, drafts: Drafts, storage: Pick<Storage, 'getItem' | 'setItem'> = localStorage): void {
  const written = Object.entries(drafts)
    .map(([form, draft]) => [form, writable(draft)] as const)
    .filter(([, draft]) => Object.keys(draft).length > 0)
  const others = all(storage).filter(([known]) => known !== id)
  const kept = written.length > 0 ? [...others, [id, Object.fromEntries(written)]] : others
  try {
    storage.setItem(KEPT_AS, JSON.stringify(kept.slice(-CASES_MAX)))
  } catch {
    // Storage can be full or forbidden; then the draft lives as long as the page.
  }
}

function writable(draft: Draft): Draft {
  const isPlain = (value: unknown): boolean =>
    Array.isArray(value) ? value.every((one) => typeof one === 'string') : value !== undefined && value !== ''
  return Object.fromEntries(Object.entries(draft).filter(([, value]) => isPlain(value)))
}
