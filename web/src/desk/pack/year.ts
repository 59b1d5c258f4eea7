// A year as twelve months of weeks, Monday first, each day told by what it is.

import type { PackYear } from '../../api/types'

export interface Day {
  date: string
  day: number
  /** `make-up`: a Saturday or Sunday that is worked (调休). */
  kind: 'work' | 'weekend' | 'off' | 'make-up'
}

export interface Month {
  month: number
  /** Empty places before the first day, so that it stands below its weekday. */
  before: number
  days: Day[]
}

const two = (number: number): string => String(number).padStart(2, '0')

export function monthsOf({ year, off, make_up }: Pick<PackYear, 'year' | 'off' | 'make_up'>): Month[] {
  return Array.from({ length: 12 }, (_, index) => {
    const days = new Date(Date.UTC(year, index + 1, 0)).getUTCDate()
    const first = new Date(Date.UTC(year, index, 1)).getUTCDay()
    return {
      month: index + 1,
      before: (first + 6) % 7,
      days: Array.from({ length: days }, (_, at) => {
        const date = `${year}-${two(index + 1)}-${two(at + 1)}`
        const weekday = (first + at) % 7
        const weekend = weekday === 0 || weekday === 6
        const kind = make_up.includes(date) ? 'make-up' : off.includes(date) ? 'off' : weekend ? 'weekend' : 'work'
        return { date, day: at + 1, kind }
      }),
    }
  })
}
