// A figure that is calculated from readings, as it is written.

import type { ThingFigure, ThingRow } from '../api/types'
import { percentOf } from '../time/city'
import { language } from '../words/language'
import { q } from './words'

/** The words of the standards (HJ 633, GB 3838), which the services tell in Chinese, and their messages here. */
const WORDS = {
  优: 'air.excellent',
  良: 'air.good',
  轻度污染: 'air.light',
  中度污染: 'air.moderate',
  重度污染: 'air.heavy',
  严重污染: 'air.severe',
  Ⅰ类: 'water.1',
  Ⅱ类: 'water.2',
  Ⅲ类: 'water.3',
  Ⅳ类: 'water.4',
  Ⅴ类: 'water.5',
  劣Ⅴ类: 'water.worse',
  首要污染物: 'figure.primary',
  定类项目: 'figure.decides',
  余位: 'figure.left',
} as const satisfies Record<string, Parameters<typeof q>[0]>
const wordOf = (word: string): string => (word in WORDS ? q(WORDS[word as keyof typeof WORDS]) : word)

export const figureTitle = (figure: ThingFigure): string =>
  (language.value === 'en' ? figure.title_en : null) ?? figure.title

export const figureOf = (row: ThingRow): ThingFigure | null => row.indicators[0] ?? null

/** The number of a figure: a share as percent, an index as a whole number; nothing where it cannot be given. */
export function figureNumber(figure: ThingFigure): string {
  if (figure.value === null) return ''
  return figure.name === 'occupancy' ? percentOf(figure.value) : String(Math.round(figure.value))
}

/** The word of a figure; standards write `NA` where there is none. */
export const figureWord = (figure: ThingFigure): string => 
  figure.word === null || figure.word === 'NA' ? '' : wordOf(figure.word)

/** What else has to be said; its first word has a message. */
export function figureDetail(figure: ThingFigure): string {
  const [first = '', ...rest] = (figure.detail ?? '').split(' ')
  return [wordOf(first), ...rest].join(' ')
}

/** Number, word and what else has to be said, in one line. */
export const figureLine = (figure: ThingFigure): string =>
  [figureNumber(figure), figureWord(figure), figureDetail(figure)].filter(Boolean).join(' ')
