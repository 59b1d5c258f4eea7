// The time line of a day: which moments can be chosen, and where they stand on it.

const MINUTE_MILLIS = 60_000
const DAY_MILLIS = 24 * 60 * MINUTE_MILLIS
/** China's clock, which has no summer time. */
const ZONE_MILLIS = 8 * 60 * MINUTE_MILLIS
export const DAY_MINUTES = 1_440
/** Moments on the line are so many minutes apart. */
export const STEP_MINUTES = 5

/** When the city's day of `at` began, in milliseconds. */
export function dayOf(at: number): number {
  return Math.floor((at + ZONE_MILLIS) / DAY_MILLIS) * DAY_MILLIS - ZONE_MILLIS
}

/** Minutes since the day began. */
export function minutesOf(at: number): number {
  return Math.floor((at - dayOf(at)) / MINUTE_MILLIS)
}

/**
 * The moment at so many minutes of the day; null for now, which is everything from the last step before it on.
 *
 * A moment is always a whole step, so that all who look at it share what was counted.
 */
export function chosen(day: number, minutes: number, now: number): number | null {
  const step = Math.min(DAY_MINUTES, Math.max(0, Math.round(minutes / STEP_MINUTES) * STEP_MINUTES))
  const at = day + step * MINUTE_MILLIS
  return at >= now - (STEP_MINUTES * MINUTE_MILLIS) / 2 ? null : at
}

/** The same time of day so many days away; null for now. A day that has not come is now, one too long ago stays. */
export function daysAway(at: number | null, days: number, now: number, daysMax: number): number | null {
  const step = STEP_MINUTES * MINUTE_MILLIS
  const from = at ?? Math.floor(now / step) * step
  const to = from + days * DAY_MILLIS
  if (to >= now - step / 2) return null
  return to < now - daysMax * DAY_MILLIS ? at : to
}

/** What can be chosen of the line: up to now on today's, all of an earlier day's. */
export function minutesMax(day: number, now: number): number {
  return dayOf(now) === day ? minutesOf(now) : DAY_MINUTES
}
