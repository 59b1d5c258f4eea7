// What a station has to say, as a resident reads it. Pure.

import type { ThingRow } from '../../api/types'
import { figureOf } from '../../sensing/figure'

/** Types in the order of the page; others that the pack makes public follow by their titles. */
const ORDER = ['air-station', 'water-station', 'dust-monitor', 'car-park']

export interface Group {
  kind: string
  title: string
  stations: ThingRow[]
}

/** Stations by type, each type by its own order: what is worst in the air first, fewest places first, then by name. */
export function groupsOf(rows: readonly ThingRow[]): Group[] {
  const groups = new Map<string, Group>()
  for (const row of rows) {
    const group = groups.get(row.kind) ?? { kind: row.kind, title: row.kind_title, stations: [] }
    group.stations.push(row)
    groups.set(row.kind, group)
  }
  const place = (kind: string): number => (ORDER.includes(kind) ? ORDER.indexOf(kind) : ORDER.length)
  for (const group of groups.values()) group.stations.sort(worstFirst)
  return [...groups.values()].sort((one, other) => place(one.kind) - place(other.kind) || one.title.localeCompare(other.title, 'zh'))
}

function worstFirst(one: ThingRow, other: ThingRow): number {
  const of = (row: ThingRow): number => figureOf(row)?.value ?? -1
  return of(other) - of(one) || one.name.localeCompare(other.name, 'zh')
}

/** The time of what is shown: the oldest part of a figure, or the newest reading. */
export function timeOf(row: ThingRow): string | null {
  const times = row.latest.flatMap((one) => (one.reading ? [one.reading.at] : [])).sort()
  return figureOf(row)?.at ?? times[times.length - 1] ?? null
}

/** Whether anything that is shown is older than its type allows. */
export const isOld = (row: ThingRow): boolean => row.latest.length > 0 && row.latest.every((one) => one.reading === null || one.stale)
