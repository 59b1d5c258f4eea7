// What the two trends show: the day by hour against the day before, and the days before with the day so far.

import type { DayBrought, LiveNumbers } from '../api/types'
import { minutesOf } from './scrub'
import { w } from './words'

export interface Trend {
  places: string[]
  placeName: string
  series: { name: string; values: (number | null)[] }[]
}

/** Hours that have not come are not known, rather than empty. */
export function hourSeries(numbers: LiveNumbers | null, dayBefore: LiveNumbers | null, past: boolean): Trend {
  const hour = numbers ? Math.floor(minutesOf(Date.parse(numbers.now)) / 60) : -1
  const places = Array.from({ length: 24 }, (_, at) => w('hours.hour', { hour: at }))
  const today = places.map((_, at) => (numbers?.recorded && at <= hour ? (numbers.by_hour[at] ?? null) : null))
  const before = places.map((_, at) => (dayBefore?.recorded ? (dayBefore.by_hour[at] ?? null) : null))
  return {
    places,
    placeName: w('hours.place'),
    series: [
      { name: w(past ? 'hours.day' : 'hours.today'), values: today },
      { name: w('hours.yesterday'), values: before },
    ],
  }
}

/** The days before and the day so far; days before the first on which anything happened are not known. */
export function daySeries(days: readonly DayBrought[] | null, numbers: LiveNumbers | null, most = Infinity): Trend {
  const began = (days ?? []).findIndex((day) => day.opened > 0 || day.closed > 0)
  const told = (days ?? []).map((day, at) => ({ ...day, known: began >= 0 && at >= began })).slice(-most)
  const rows = told.map((day) => ({
    place: day.day.slice(5),
    opened: day.known ? day.opened : null,
    closed: day.known ? day.closed : null,
  }))
  if (numbers?.recorded) {
    rows.push({ place: w('days.today'), opened: numbers.opened_today, closed: numbers.closed_today })
  }
  return {
    places: rows.map((row) => row.place),
    placeName: w('days.day'),
    series: [
      { name: w('days.opened'), values: rows.map((row) => row.opened) },
      { name: w('days.closed'), values: rows.map((row) => row.closed) },
    ],
  }
}
