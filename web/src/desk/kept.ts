// What an official has set for the list of cases: saved views, columns, how dense the rows are. Kept by the service, so
// that it is there in every browser.

import { ref, shallowRef } from 'vue'
import { api } from '../api/client'
import type { Problem } from '../api/client'
import { problemFrom } from '../kit/load'
import { type Column, columnsOf } from './columns'

const NAME = 'desk-queue'
/** Views of one person at most; the bar must stay readable. */
export const VIEWS_MAX = 12
export const VIEW_CHARACTERS_MAX = 20

/** A list under a name: the query of its address. */
export interface View {
  name: string
  query: Record<string, string>
}

export type Density = 'normal' | 'compact'

interface Kept {
  views: View[]
  columns: Column[]
  density: Density
}

export const views = shallowRef<View[]>([])
export const columns = shallowRef<Column[]>(columnsOf(null))
export const density = ref<Density>('normal')
/** Why the last change is not kept. */
export const keepProblem = shallowRef<Problem | null>(null)

let read: Promise<void> | null = null

/** Reads what is kept, once for the page. */
export function readKept(): Promise<void> {
  read ??= api
    .setting<unknown>(NAME)
    .then(take)
    .catch((error: unknown) => {
      // The list is as good without; the next visit of the page tries again.
      read = null
      keepProblem.value = problemFrom(error)
    })
  return read
}

/** Forgets it: somebody else signs in. */
export function forgetKept(): void {
  read = null
  take(null)
}

/** What was kept, as far as it can be understood. */
export function keptOf(value: unknown): Kept {
  const kept = typeof value === 'object' && value !== null ? (value as Partial<Record<keyof Kept, unknown>>) : {}
  return {
    views: Array.isArray(kept.views) ? kept.views.filter(isView).slice(0, VIEWS_MAX) : [],
    columns: columnsOf(kept.columns),
    density: kept.density === 'compact' ? 'compact' : 'normal',
  }
}

function isView(value: unknown): value is View {
  if (typeof value !== 'object' || value === null) return false
  const { name, query } = value as Partial<View>
  return (
    typeof name === 'string' &&
    name.trim() !== '' &&
    typeof query === 'object' &&
    query !== null &&
    Object.values(query).every((text) => typeof text === 'string')
  )
}

function take(value: unknown): void {
  const kept = keptOf(value)
  views.value = kept.views
  columns.value = kept.columns
  density.value = kept.density
}

async function keep(): Promise<void> {
  try {
    await api.setSetting(NAME, { views: views.value, columns: columns.value, density: density.value })
    keepProblem.value = null
  } catch (error) {
    keepProblem.value = problemFrom(error)
  }
}

/** Keeps a list under a name, in the place of one of the same name. */
export function saveView(name: string, query: Record<string, string>): Promise<void> {
  const { after: _after, ...rest } = query
  const others = views.value.filter((view) => view.name !== name)
  views.value = [...others, { name, query: rest }].slice(-VIEWS_MAX)
  return keep()
}

export function removeView(name: string): Promise<void> {
  views.value = views.value.filter((view) => view.name !== name)
  return keep()
}

export function showColumns(chosen: readonly Column[]): Promise<void> {
  columns.value = columnsOf([...chosen])
  return keep()
}

export function setDensity(chosen: Density): Promise<void> {
  density.value = chosen
  return keep()
}

/** The view that an address shows, whatever page of it. */
export function viewOf(query: Record<string, string>): View | null {
  const { after: _after, ...rest } = query
  const same = (other: Record<string, string>): boolean =>
    Object.keys(other).length === Object.keys(rest).length &&
    Object.entries(other).every(([name, value]) => rest[name] === value)
  return views.value.find((view) => same(view.query)) ?? null
}
