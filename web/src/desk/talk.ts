// What was said in a case, told apart: to the reporter, and among officials.

import type { TimelineEntry } from '../api/types'

export interface Said {
  id: string
  at: string
  title: string
  by: string
  words: string
}

const text = (value: unknown): string => (typeof value === 'string' ? value.trim() : '')

function byOf({ by }: TimelineEntry): string {
  return [by.unit?.name, by.name].filter(Boolean).join(' ')
}

/** What the reporter is told, the newest first. */
export function publicReplies(timeline: readonly TimelineEntry[]): Said[] {
  return said(timeline, (entry) => text(entry.form?.['public_reply']))
}

/** Notes that officials left for each other: acts that did nothing but say something. The newest first. */
export function internalNotes(timeline: readonly TimelineEntry[]): Said[] {
  return said(timeline, (entry) => {
    const moved = entry.to.join() !== entry.from.join()
    if (entry.kind !== 'act' || moved || entry.photos.length > 0 || text(entry.form?.['public_reply']) !== '') return ''
    return text(entry.form?.['remark']) || text(entry.opinion)
  })
}

function said(timeline: readonly TimelineEntry[], words: (entry: TimelineEntry) => string): Said[] {
  return timeline
    .map((entry) => ({ id: entry.id, at: entry.at, title: entry.title, by: byOf(entry), words: words(entry) }))
    .filter((one) => one.words !== '')
    .reverse()
}
