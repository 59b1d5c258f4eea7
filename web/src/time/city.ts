// The city's clock and how times are written. A demo's time runs faster than the clock on the wall, so pages never
// read the device's clock for anything that concerns a case.

import { ref } from 'vue'
import { s } from '../words/shared'

/** China has one time zone and no summer time. */
const ZONE_MILLIS = 8 * 3_600_000
const MINUTE_SECONDS = 60
const HOUR_SECONDS = 3_600
const DAY_SECONDS = 86_400
/** How often shown times move on, in milliseconds. */
const TICK_MILLIS = 10_000

interface Anchor {
  city: number
  device: number
  speed: number
}

let anchor: Anchor = { city: Date.now(), device: Date.now(), speed: 1 }

/** The city's time now, in milliseconds; follows the device unless a demo says otherwise. */
export const now = ref(Date.now())

/** Sets the city's clock by what a service said. */
export function setClock(time: string, speed = 1): void {
  anchor = { city: Date.parse(time), device: Date.now(), speed }
  tick()
}

function tick(): void {
  now.value = anchor.city + (Date.now() - anchor.device) * anchor.speed
}

/** Lets shown times move on; called once by each page. */
export function runClock(): void {
  setInterval(tick, TICK_MILLIS)
}

const two = (number: number): string => String(number).padStart(2, '0')

function parts(time: string | number): { date: string; minute: string; second: string; month: number; day: number } {
  const at = new Date((typeof time === 'number' ? time : Date.parse(time)) + ZONE_MILLIS)
  const [month, day] = [at.getUTCMonth() + 1, at.getUTCDate()]
  const minute = `${two(at.getUTCHours())}:${two(at.getUTCMinutes())}`
  return {
    date: `${at.getUTCFullYear()}-${two(month)}-${two(day)}`,
    minute,
    second: `${minute}:${two(at.getUTCSeconds())}`,
    month,
    day,
  }
}

/** `2026-11-22 18:05`, for tables. */
export function minuteOf(time: string | number): string {
  const at = parts(time)
  return `${at.date} ${at.minute}`
}

/** `11-22 18:05`, where a column is narrow and the year is plain. */
export function shortMinuteOf(time: string | number): string {
  const at = parts(time)
  return `${two(at.month)}-${two(at.day)} ${at.minute}`
}

/** `18:05:09`, for a list of what happens now. */
export function secondOf(time: string | number): string {
  return parts(time).second
}

/** `2026-11-22`, in the city's time zone. */
export function dateOf(time: string | number): string {
  return parts(time).date
}

/** The two largest units of a span: `2 小时 10 分`, `3 天 4 小时`, `5 分`. */
export function spanOf(seconds: number): string {
  const whole = Math.max(0, Math.floor(Math.abs(seconds)))
  const days = Math.floor(whole / DAY_SECONDS)
  const hours = Math.floor((whole % DAY_SECONDS) / HOUR_SECONDS)
  const minutes = Math.floor((whole % HOUR_SECONDS) / MINUTE_SECONDS)
  const told =
    days > 0
      ? [s('time.days', { n: days }), hours > 0 ? s('time.hours', { n: hours }) : '']
      : hours > 0
        ? [s('time.hours', { n: hours }), minutes > 0 ? s('time.minutes', { n: minutes }) : '']
        : [s('time.minutes', { n: minutes })]
  return told.filter((part) => part !== '').join(' ')
}

export type Urgency = 'ok' | 'warn' | 'bad'

/** Below this much time left a case is shown as due soon. */
const SOON_SECONDS = 4 * HOUR_SECONDS

/** Time left in words, with the colour that goes with them. */
export function leftOf(seconds: number): { words: string; urgency: Urgency } {
  if (seconds < 0) return { words: s('time.over', { span: spanOf(seconds) }), urgency: 'bad' }
  return { words: s('time.left', { span: spanOf(seconds) }), urgency: seconds < SOON_SECONDS ? 'warn' : 'ok' }
}

/** Seconds from the city's now until `time`, negative past it. */
export function secondsUntil(time: string): number {
  return (Date.parse(time) - now.value) / 1_000
}

/** Within a day `3 小时前`, else the minute. */
export function agoOf(time: string): string {
  const seconds = -secondsUntil(time)
  if (seconds < MINUTE_SECONDS) return s('time.now')
  return seconds < DAY_SECONDS ? s('time.ago', { span: spanOf(seconds) }) : minuteOf(time)
}

/** `12,345`. */
export function numberOf(value: number): string {
  return String(Math.trunc(value)).replace(/\B(?=(\d{3})+$)/g, ',')
}

/** `96.4%`. */
export function percentOf(rate: number): string {
  return `${(rate * 100).toFixed(1)}%`
}
