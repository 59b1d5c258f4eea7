// How far tasks are from where somebody stands, and in which order they are done.

import type { CaseRow, PointPlace } from '../api/types'

const EARTH_METRES = 6_371_000
const radians = (degrees: number): number => (degrees * Math.PI) / 180

/** Metres between two points on the ground. */
export function metresBetween(one: PointPlace, other: PointPlace): number {
  const [lat, lon] = [radians(other.lat - one.lat), radians(other.lon - one.lon)]
  const half = Math.sin(lat / 2) ** 2 + Math.cos(radians(one.lat)) * Math.cos(radians(other.lat)) * Math.sin(lon / 2) ** 2
  return 2 * EARTH_METRES * Math.asin(Math.min(1, Math.sqrt(half)))
}

export interface FieldTask {
  row: CaseRow
  metres: number | null
}

const due = ({ row }: FieldTask): number => (row.due_at === null ? Infinity : Date.parse(row.due_at))

/** The tasks by what is due first, or by what is nearest; without a place they come last among the near ones. */
export function tasksOf(rows: readonly CaseRow[], here: PointPlace | null, by: 'due' | 'near'): FieldTask[] {
  const tasks = rows.map((row) => ({ row, metres: here && row.place ? metresBetween(here, row.place) : null }))
  const key = by === 'near' ? (task: FieldTask): number => task.metres ?? Infinity : due
  return tasks.sort((one, other) => {
    const [a, b] = [key(one), key(other)]
    return a === b ? due(one) - due(other) || 0 : a < b ? -1 : 1
  })
}

/** `80 米`, `1.2 公里`. */
export function distanceWords(metres: number): { unit: 'metres' | 'kilometres'; n: string } {
  return metres < 1_000
    ? { unit: 'metres', n: String(Math.round(metres / 10) * 10) }
    : { unit: 'kilometres', n: (metres / 1_000).toFixed(1) }
}
