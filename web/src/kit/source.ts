// Where a value of the city's declarations comes from, in words.

import { s } from '../words/shared'

/** A pack marks what it made up for a demonstration with this word in place of a source. */
const DEMO = 'demo'

export const sourceOf = (source: string): string => (source === DEMO ? s('source.demo') : source)
