// The numbers on the screen: counted anew while things happen, compared with the same time before, or those of a
// moment of the past.

import { onScopeDispose, ref, shallowRef, watch, type Ref, type ShallowRef } from 'vue'
import { api } from '../api/client'
import type { DayBrought, LiveCases, LiveNumbers, Part } from '../api/types'
import { now } from '../time/city'
import { dayOf } from './scrub'

/** Numbers are asked for at most this often while things happen, in milliseconds. */
const COUNT_MILLIS = 2_000
/** The list of alerts costs more and changes less, in milliseconds. */
const ALERT_MILLIS = 6_000
/** What is compared with, and the days before, in milliseconds; also the longest time that anything is shown unasked. */
const COMPARE_MILLIS = 60_000
const MINUTE_MILLIS = 60_000
const DAY_MILLIS = 86_400_000
/** Days of the trend. */
export const TREND_DAYS = 30
/** Alerts that are listed. */
const ALERTS_MAX = 40

export interface Numbers {
  numbers: ShallowRef<LiveNumbers | null>
  /** At the same time a day before; and a week before. */
  yesterday: ShallowRef<LiveNumbers | null>
  lastWeek: ShallowRef<LiveNumbers | null>
  /** The day before as it ended, for its hours. */
  dayBefore: ShallowRef<LiveNumbers | null>
  days: ShallowRef<DayBrought[] | null>
  alerts: ShallowRef<LiveCases | null>
  /** Whether the last question went without answer. */
  failed: Ref<boolean>
  /** Something has happened, so the numbers are old. */
  touch: () => void
  /** Asks for everything at once. */
  renew: () => void
}

/** The day before `at` as it ended, to the millisecond. */
export const endOfDayBefore = (at: number): number => dayOf(at) - 1

/** `at` a span before, at a whole minute, so that all who look share what was counted. */
export const before = (at: number, millis: number): number =>
  Math.floor((at - millis) / MINUTE_MILLIS) * MINUTE_MILLIS

export function useNumbers(part: () => Part, at: () => number | null): Numbers {
  const numbers = shallowRef<LiveNumbers | null>(null)
  const yesterday = shallowRef<LiveNumbers | null>(null)
  const lastWeek = shallowRef<LiveNumbers | null>(null)
  const dayBefore = shallowRef<LiveNumbers | null>(null)
  const days = shallowRef<DayBrought[] | null>(null)
  const alerts = shallowRef<LiveCases | null>(null)
  const failed = ref(false)
  /** Raised whenever something else is looked at: answers to older questions are dropped. */
  let turn = 0
  let countedAt = 0
  let alertedAt = 0
  let comparedAt = 0
  let touched = false
  let asking = false

  /** Puts an answer where it is shown, unless something else is looked at by then. */
  async function put<T>(into: ShallowRef<T | null>, question: Promise<T>): Promise<void> {
    const asked = turn
    const answer = await question
    if (asked === turn) into.value = answer
  }

  async function ask(all: boolean): Promise<void> {
    if (asking && !all) return
    asking = true
    const asked = turn
    const started = Date.now()
    const moment = at()
    const of = part()
    const then = moment ?? now.value
    const questions: Promise<void>[] = [put(numbers, api.liveNumbers(of, moment))]
    countedAt = started
    touched = false
    if (all || started - alertedAt >= ALERT_MILLIS) {
      alertedAt = started
      questions.push(put(alerts, api.liveCases(of, 'alerts', moment, ALERTS_MAX)))
    }
    if (all || started - comparedAt >= COMPARE_MILLIS) {
      comparedAt = started
      questions.push(
        put(yesterday, api.liveNumbers(of, before(then, DAY_MILLIS))),
        put(lastWeek, api.liveNumbers(of, before(then, 7 * DAY_MILLIS))),
        put(dayBefore, api.liveNumbers(of, endOfDayBefore(then))),
        put(days, api.liveDays(of, TREND_DAYS, moment)),
      )
    }
    const answers = await Promise.allSettled(questions)
    if (asked === turn) {
      failed.value = answers.some((answer) => answer.status === 'rejected')
      // What went without answer is asked again soon, not in a minute.
      if (failed.value) touched = true
      if (failed.value) alertedAt = comparedAt = 0
      asking = false
    }
  }

  function renew(): void {
    turn += 1
    void ask(true)
  }

  const looking = setInterval(() => {
    const age = Date.now() - countedAt
    // The past does not change; only what could not be had is asked for again.
    const old = at() === null ? touched || age >= COMPARE_MILLIS : failed.value
    if (old && age >= COUNT_MILLIS) void ask(false)
  }, COUNT_MILLIS / 4)
  onScopeDispose(() => {
    turn += 1
    clearInterval(looking)
  })

  watch([() => JSON.stringify(part()), at], () => {
    // Another part of the city or another time: what was shown is not it.
    yesterday.value = lastWeek.value = dayBefore.value = null
    renew()
  })
  renew()
  return { numbers, yesterday, lastWeek, dayBefore, days, alerts, failed, touch: () => (touched = true), renew }
}

/** A change against what was before; null when there are no records of it. */
export function changeOf(
  value: number | null | undefined,
  then: LiveNumbers | null,
  read: (numbers: LiveNumbers) => number | null,
): number | null {
  const old = then?.recorded ? read(then) : null
  return value === null || value === undefined || old === null ? null : value - old
}
