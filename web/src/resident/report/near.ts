// Which of the cases around a place are worth showing before another is sent.

import type { NearCase } from '../../api/types'

/** Farther away than this it is hardly the same thing, in metres. */
const NEAR_METRES_MAX = 50
const SHOWN_MAX = 5

/** Those of the same kind first, then by distance. */
export function nearestFirst(cases: readonly NearCase[], category: string): NearCase[] {
  const other = (one: NearCase): number => Number(one.category.name !== category)
  return cases
    .filter((one) => one.metres <= NEAR_METRES_MAX)
    .sort((one, next) => other(one) - other(next) || one.metres - next.metres)
    .slice(0, SHOWN_MAX)
}
