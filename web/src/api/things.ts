// Things, their readings and their alarms: the part of the client that only the pages about them load.

import { address, ask, post } from './client'
import type {
  Alarm,
  AlarmFilter,
  AlarmIndicators,
  CommandTold,
  NewThing,
  OriginCase,
  PublicAlarms,
  Registered,
  Replayed,
  Rows,
  Rule,
  Series,
  Storm,
  Thing,
  ThingChange,
  ThingFilter,
  ThingMap,
  ThingMark,
  ThingRow,
  ThingType,
} from './types'

/** Which part of a series, and how it is told. */
export interface SeriesAsked {
  from: string
  to: string
  bucket: 'raw' | 'minute' | 'hour' | 'day'
  limit?: number
}

const at = (folder: string, id: string, rest = ''): string => `/api/${folder}/${encodeURIComponent(id)}${rest}`
const ofThing = (id: string, property: string): string => at('things', id, `/series/${encodeURIComponent(property)}`)
const ofStation = (code: string, property: string): string =>
  at('stations', code, `/series/${encodeURIComponent(property)}`)

export const thingsApi = {
  things: (filter: ThingFilter & { limit?: number }) => ask<Rows<ThingRow>>('/api/things', { query: { ...filter } }),
  types: () => ask<ThingType[]>('/api/thing-types'),
  thing: (id: string) => ask<Thing>(at('things', id)),
  register: (thing: NewThing) => post<Registered>('/api/things', thing),
  change: (id: string, change: ThingChange) => ask<ThingRow>(at('things', id), { method: 'PATCH', body: change }),
  renewSecret: (id: string) => post<Registered>(at('things', id, '/secret'), undefined),
  series: (id: string, property: string, asked: SeriesAsked) =>
    ask<Series>(ofThing(id, property), { query: { ...asked } }),
  commands: (id: string) => ask<CommandTold[]>(at('things', id, '/commands')),
  command: (id: string, name: string) => post<CommandTold>(at('things', id, '/commands'), { name }),
  casesOf: (origin: string) => ask<OriginCase[]>('/api/cases/of-origin', { query: { origin } }),

  alarms: (filter: AlarmFilter & { limit?: number }) => ask<Rows<Alarm>>('/api/alarms', { query: { ...filter } }),
  alarm: (id: string) => ask<Alarm>(at('alarms', id)),
  marks: (things: readonly string[]) => ask<ThingMark[]>('/api/alarms/marks', { query: { things: things.join(',') } }),
  acknowledge: (id: string, opinion: string) => post<Alarm>(at('alarms', id, '/acknowledgement'), { opinion }),
  alarmIndicators: () => ask<AlarmIndicators>('/api/alarms/indicators'),
  storms: (query: { open?: boolean; after?: string; limit?: number }) => ask<Rows<Storm>>('/api/storms', { query }),
  rules: () => ask<Rule[]>('/api/rules'),
  replay: (rule: string, from: string, to: string) =>
    post<Replayed>(at('rules', rule, '/replays'), { from, to }),

  stations: (after?: string) => ask<Rows<ThingRow>>('/api/stations', { query: { after } }),
  station: (code: string) => ask<ThingRow>(at('stations', code)),
  stationSeries: (code: string, property: string, asked: SeriesAsked) =>
    ask<Series>(ofStation(code, property), { query: { ...asked } }),

  thingMap: () => ask<ThingMap>('/api/thing-map'),
  publicAlarms: () => ask<PublicAlarms>('/api/alarms/public'),
}

/** Where a series is downloaded from, as CSV or JSON. */
export const seriesAddress = (id: string, property: string, asked: SeriesAsked, format: 'csv' | 'json'): string =>
  address(ofThing(id, property), { ...asked, format })
export const stationSeriesAddress = (code: string, property: string, asked: SeriesAsked, format: 'csv' | 'json'): string =>
  address(ofStation(code, property), { ...asked, format })
export const stationsAddress = (format: 'csv' | 'json'): string => address('/api/stations', { format })
