// Where the desk lists what lies behind a number, as far as its filters can say it.

import type { LiveKind, Part } from '../api/types'
import { dayOf } from './scrub'
import { now } from '../time/city'

/** The desk's list for a number. What its filters cannot say (several statuses at once) is left wider. */
export function deskAddress(kind: LiveKind, part: Part, procedures: readonly string[]): string {
  const query = new URLSearchParams({ queue: 'all' })
  if (procedures.length === 1 && procedures[0]) query.set('procedure', procedures[0])
  if (part.district) query.set('division', part.district)
  if (kind === 'overdue') query.set('overdue', 'true')
  if (kind === 'opened') query.set('opened_from', new Date(dayOf(now.value)).toISOString())
  if (['open', 'waiting', 'alerts'].includes(kind)) query.set('open', 'true')
  if (['closed', 'late'].includes(kind)) query.set('open', 'false')
  return `/desk/queue?${query.toString()}`
}
