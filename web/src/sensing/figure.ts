// A figure that is calculated from readings, as it is written.

import type { ThingFigure, ThingRow } from '../api/types'
import { percentOf } from '../time/city'

export const figureOf = (row: ThingRow): ThingFigure | null => row.indicators[0] ?? null

/** The number of a figure: a share as percent, an index as a whole number; nothing where it cannot be given. */
export function figureNumber(figure: ThingFigure): string {
  if (figure.value === null) return ''
  return figure.name === 'occupancy' ? percentOf(figure.value) : String(Math.round(figure.value))
}

/** The word of a figure; standards write `NA` where there is none. */
export const figureWord = (figure: ThingFigure): string => (figure.word === null || figure.word === 'NA' ? '' : figure.word)

/** Number, word and what else has to be said, in one line. */
export const figureLine = (figure: ThingFigure): string =>
  [figureNumber(figure), figureWord(figure), figure.detail ?? ''].filter(Boolean).join(' ')
