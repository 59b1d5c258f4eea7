// The ranking of districts: by which column, and in which direction.

import type { LiveNumbers } from '../api/types'

export type District = LiveNumbers['by_district'][number]
export const COLUMNS = ['open', 'overdue', 'opened', 'closed', 'onTime'] as const
export type Column = (typeof COLUMNS)[number]

/** What a district has in a column; null when there is nothing to count. */
export function figureOf(district: District, column: Column): number | null {
  switch (column) {
    case 'open':
      return district.open
    case 'overdue':
      return district.overdue
    case 'opened':
      return district.opened_today
    case 'closed':
      return district.closed_today
    case 'onTime':
      return district.on_time_today.rate
  }
}

/** The districts, the largest first or last; where nothing is known comes last either way, equals by their code. */
export function ranked(districts: readonly District[], column: Column, falling: boolean): District[] {
  return [...districts].sort((one, other) => {
    const [mine, theirs] = [figureOf(one, column), figureOf(other, column)]
    if (mine === null || theirs === null) return (mine === null ? 1 : 0) - (theirs === null ? 1 : 0) || byCode(one, other)
    return (falling ? theirs - mine : mine - theirs) || byCode(one, other)
  })
}

const byCode = (one: District, other: District): number => (one.division < other.division ? -1 : 1)
