// The six numbers of the screen: what each is, what it is compared with, and which list lies behind it.

import type { LiveKind, LiveNumbers } from '../api/types'
import { numberOf, percentOf } from '../time/city'
import { changeOf } from './numbers'
import { w } from './words'

export interface Kpi {
  kind: LiveKind
  name: string
  /** Nothing is known when null. */
  value: number | null
  shown: string
  unit: string
  /** What it is compared with, in words; the tone says whether a change is good. */
  changes: { words: string; tone: '' | 'ok' | 'bad' }[]
}

interface Rule {
  kind: LiveKind
  now: Parameters<typeof w>[0]
  then: Parameters<typeof w>[0]
  read: (numbers: LiveNumbers) => number | null
  /** Whether more is better; a number that says nothing by itself has none. */
  better?: 'more' | 'less'
  rate?: boolean
}

const RULES: Rule[] = [
  { kind: 'open', now: 'kpi.open', then: 'kpi.open', read: (n) => n.open },
  { kind: 'opened', now: 'kpi.opened', then: 'kpi.openedThen', read: (n) => n.opened_today },
  { kind: 'closed', now: 'kpi.closed', then: 'kpi.closedThen', read: (n) => n.closed_today, better: 'more' },
  { kind: 'waiting', now: 'kpi.waiting', then: 'kpi.waiting', read: (n) => n.waiting, better: 'less' },
  { kind: 'overdue', now: 'kpi.overdue', then: 'kpi.overdue', read: (n) => n.overdue, better: 'less' },
  { kind: 'late', now: 'kpi.onTime', then: 'kpi.onTimeThen', read: (n) => n.on_time_today.rate, better: 'more', rate: true },
]

const MINUS = '−'
const signed = (value: number, text: string): string => (value > 0 ? `+${text}` : value < 0 ? `${MINUS}${text}` : text)

/** A change in words: cases, or points of a rate. */
export function changeWords(change: number, rate: boolean): string {
  const size = Math.abs(change)
  return signed(change, rate ? w('kpi.points', { n: (size * 100).toFixed(1) }) : numberOf(size))
}

export function kpisOf(
  numbers: LiveNumbers | null,
  yesterday: LiveNumbers | null,
  lastWeek: LiveNumbers | null,
  past: boolean,
): Kpi[] {
  return RULES.map(({ kind, now, then, read, better, rate = false }) => {
    const known = numbers?.recorded ? numbers : null
    const value = known ? read(known) : null
    const onTime = known?.on_time_today
    const compared = (words: 'kpi.yesterday' | 'kpi.lastWeek', old: LiveNumbers | null): Kpi['changes'][number] => {
      const change = changeOf(value, old, read)
      if (change === null) return { words: w(words, { change: w('kpi.noRecord') }), tone: '' }
      const good = better === undefined || change === 0 ? null : change > 0 === (better === 'more')
      return { words: w(words, { change: changeWords(change, rate) }), tone: good === null ? '' : good ? 'ok' : 'bad' }
    }
    return {
      kind,
      name: w(past ? then : now),
      value,
      shown: value === null ? '—' : rate ? percentOf(value) : numberOf(value),
      unit:
        rate && onTime
          ? w('kpi.onTimeOf', { part: numberOf(onTime.numerator), all: numberOf(onTime.denominator) })
          : value === null
            ? ''
            : w('kpi.unit'),
      changes: [compared('kpi.yesterday', yesterday), compared('kpi.lastWeek', lastWeek)],
    }
  })
}
