// Lists of devices and of alarms as they stand in the address, without what the service would refuse.

import type { LocationQuery } from 'vue-router'
import type { AlarmFilter, ThingFilter } from '../../api/types'

const THING_NAMES = ['kind', 'unit', 'division', 'state', 'online', 'q', 'after'] as const
const ALARM_NAMES = ['open', 'thing', 'rule', 'storm', 'thing_type', 'level', 'since', 'until', 'after'] as const
export const STATES = ['in-use', 'suspended', 'retired'] as const
export const LEVELS = ['重大', '紧急', '一般'] as const
const TRUTHS = ['true', 'false']

function read<Name extends string>(query: LocationQuery, names: readonly Name[]): Partial<Record<Name, string>> {
  const filter: Partial<Record<Name, string>> = {}
  for (const name of names) {
    const value = query[name]
    if (typeof value === 'string' && value !== '') filter[name] = value
  }
  return filter
}

/** What an address says of a list of devices. */
export function thingFilterOf(query: LocationQuery): ThingFilter {
  const filter = read(query, THING_NAMES)
  if (!TRUTHS.includes(filter.online ?? '')) delete filter.online
  if (!STATES.some((state) => state === filter.state)) delete filter.state
  return filter
}

/** What an address says of a list of alarms: open ones unless it says otherwise; `all` is both. */
export function alarmFilterOf(query: LocationQuery): AlarmFilter {
  const filter = read(query, ALARM_NAMES)
  if (filter.open === 'all') delete filter.open
  else if (!TRUTHS.includes(filter.open ?? '')) filter.open = 'true'
  if (!LEVELS.some((level) => level === filter.level)) delete filter.level
  for (const name of ['since', 'until'] as const) if (Number.isNaN(Date.parse(filter[name] ?? ''))) delete filter[name]
  return filter
}

/** The query of an address for a list of alarms. */
export function alarmQueryOf(filter: AlarmFilter): Record<string, string> {
  const { open = 'all', ...rest } = filter
  return open === 'true' ? rest : { ...rest, open }
}

/** A filter after one of its fields was changed: a changed list begins at its first page. */
export function changed<F extends { after?: string }>(filter: F, name: keyof F, value: string): F {
  const next = { ...filter }
  delete next.after
  if (value === '') delete next[name]
  else next[name] = value as F[keyof F]
  return next
}

/** The worst level first; within one as they came. */
export function byLevel<R extends { level: string }>(rows: readonly R[]): R[] {
  const rank = (level: string): number => {
    const place = LEVELS.findIndex((one) => one === level)
    return place < 0 ? LEVELS.length : place
  }
  return [...rows].sort((one, other) => rank(one.level) - rank(other.level))
}

/** Whether a list of devices is narrowed. */
export const isNarrowed = ({ after: _after, ...rest }: ThingFilter): boolean => Object.keys(rest).length > 0
