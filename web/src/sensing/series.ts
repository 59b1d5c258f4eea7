// A property over time as a chart draws it: lines that break where nothing was said, readings that stand apart since the
// thing itself did not trust them, and the times without a word. Pure.

import type { Series } from '../api/types'

export type Bucket = 'raw' | 'minute' | 'hour' | 'day'

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

/** How long a bucket is, in milliseconds; readings have no length. */
export const BUCKET_MILLIS: Record<Bucket, number> = { raw: 0, minute: MINUTE, hour: HOUR, day: DAY }

/** What can be looked at at once, in milliseconds, and how it is told unless one says otherwise. */
export const SPANS = [
  { name: 'hour', millis: HOUR, bucket: 'raw', buckets: ['raw', 'minute'] },
  { name: 'day', millis: DAY, bucket: 'raw', buckets: ['raw', 'minute', 'hour'] },
  { name: 'week', millis: 7 * DAY, bucket: 'hour', buckets: ['raw', 'hour', 'day'] },
  { name: 'month', millis: 30 * DAY, bucket: 'hour', buckets: ['hour', 'day'] },
] as const satisfies readonly { name: string; millis: number; bucket: Bucket; buckets: readonly Bucket[] }[]
export type SpanName = (typeof SPANS)[number]['name']

/** Qualities of readings that are used; the others stand apart. */
const USED = ['normal', 'manual']

/** A value at a moment in milliseconds; of a bucket its middle, its mean, and the smallest and largest in it. */
export interface Spot {
  at: number
  value: number
  low: number
  high: number
  /** The word for how far it can be trusted. */
  quality: string
  /** Whether it stands apart from the line. */
  apart: boolean
}

export interface Gap {
  from: number
  to: number
}

export interface Drawn {
  /** Lines through what can be used, broken at gaps. */
  lines: Spot[][]
  /** Readings that stand apart. */
  apart: Spot[]
  gaps: Gap[]
}

/** Everything in a series, by time. */
export function spotsOf(series: Series, bucket: Bucket): Spot[] {
  if (bucket === 'raw') {
    return series.readings.map(({ at, value, quality }) => {
      const apart = !USED.includes(quality)
      return { at: Date.parse(at), value, low: value, high: value, quality, apart }
    })
  }
  return series.figures.flatMap(({ at, mean, min, max }) =>
    mean === null
      ? []
      : [
          {
            at: Date.parse(at) + BUCKET_MILLIS[bucket] / 2,
            value: mean,
            low: min ?? mean,
            high: max ?? mean,
            quality: 'normal',
            apart: false,
          },
        ],
  )
}

/** What is drawn between two moments. A bucket without a usable reading is a gap; of readings the service tells them. */
export function drawnOf(series: Series, bucket: Bucket, from: number, to: number): Drawn {
  const spots = spotsOf(series, bucket)
  const used = spots.filter((spot) => !spot.apart)
  const length = BUCKET_MILLIS[bucket]
  const gaps =
    bucket === 'raw'
      ? series.gaps.map((gap) => ({ from: Date.parse(gap.from), to: Date.parse(gap.to) }))
      : gapsBetween(
          used.map((spot) => spot.at),
          length,
          from,
          to,
        )
  const lines: Spot[][] = []
  let before: Spot | undefined
  for (const spot of used) {
    const broken = before === undefined || gaps.some((gap) => gap.from < spot.at && gap.to > (before?.at ?? 0))
    if (broken) lines.push([spot])
    else lines[lines.length - 1]?.push(spot)
    before = spot
  }
  return { lines, apart: spots.filter((spot) => spot.apart), gaps }
}

/** The whole buckets between `from` and `to` that have no middle in `middles`, neighbours joined. */
function gapsBetween(middles: readonly number[], length: number, from: number, to: number): Gap[] {
  const gaps: Gap[] = []
  let end = from
  for (const middle of middles) {
    const [begins, ends] = [middle - length / 2, middle + length / 2]
    if (begins - end >= length / 2) gaps.push({ from: end, to: begins })
    end = Math.max(end, ends)
  }
  // The bucket that is still going on has not ended yet: it is no gap.
  if (to - end >= length) gaps.push({ from: end, to })
  return gaps
}

/** Round numbers for an axis that holds everything between `low` and `high`, three to six of them. */
export function ticksOf(low: number, high: number): number[] {
  // What never changes stands in the middle.
  if (high <= low) return ticksOf(low - (Math.abs(low) * 0.05 || 0.5), low + (Math.abs(low) * 0.05 || 0.5))
  const span = high - low
  const power = 10 ** Math.floor(Math.log10(span / 4))
  const step = ([1, 2, 5, 10].find((factor) => (factor * power * 4) / span >= 0.999) ?? 10) * power
  const first = Math.floor(low / step + 1e-9)
  const last = Math.max(first + 1, Math.ceil(high / step - 1e-9))
  return Array.from({ length: last - first + 1 }, (_, index) => Number(((first + index) * step).toPrecision(12)))
}

const ZONE = 8 * HOUR

/** Moments for the axis of time: whole ones of the city's clock, at most `most`. */
export function timesOf(from: number, to: number, most: number): number[] {
  const steps = [5 * MINUTE, 10 * MINUTE, 15 * MINUTE, 30 * MINUTE, HOUR, 2 * HOUR, 3 * HOUR, 6 * HOUR, 12 * HOUR, DAY, 2 * DAY, 5 * DAY, 10 * DAY]
  const step = steps.find((one) => (to - from) / one <= most) ?? 10 * DAY
  const first = Math.ceil((from + ZONE) / step) * step - ZONE
  const times: number[] = []
  for (let at = first; at <= to; at += step) times.push(at)
  return times
}

/** The spot nearest to a moment; null where there is none. */
export function nearestOf(spots: readonly Spot[], at: number): Spot | null {
  let best: Spot | null = null
  for (const spot of spots) if (best === null || Math.abs(spot.at - at) < Math.abs(best.at - at)) best = spot
  return best
}

/** A value with its decimals, thousands apart, and a true minus. */
export function valueOf(value: number, decimals: number): string {
  const [whole = '', rest] = Math.abs(value).toFixed(decimals).split('.')
  const told = whole.replace(/\B(?=(\d{3})+$)/g, ',') + (rest === undefined ? '' : `.${rest}`)
  return value < 0 && Number(value.toFixed(decimals)) !== 0 ? `−${told}` : told
}

/** A unit as it is written after a number; `1` and `状态` are none. */
export function unitOf(unit: string): string {
  if (unit === '' || unit === '1' || unit === '状态') return ''
  return /^[°%℃]/.test(unit) ? unit : ` ${unit}`
}
