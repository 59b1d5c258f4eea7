// Devices and their alarms as everybody may know of them: how many are heard, where the city's own stand, and what is
// open by level. Only now: the past of devices is not told here.

import { onScopeDispose, ref, shallowRef, watch, type Ref, type ShallowRef } from 'vue'
import { thingsApi } from '../api/things'
import type { LiveCase, PublicAlarm, PublicAlarms, ThingMap } from '../api/types'
import { LEVELS } from '../map/look'

/** Alarms are asked for so often, and the devices themselves, in milliseconds. */
const ALARM_MILLIS = 10_000
const MAP_MILLIS = 60_000

export interface Devices {
  map: ShallowRef<ThingMap | null>
  alarms: ShallowRef<PublicAlarms | null>
  /** Whether the last question went without answer. */
  failed: Ref<boolean>
}

/** Asks while `shown` says so; a city without devices answers with none. */
export function useDevices(shown: () => boolean): Devices {
  const map = shallowRef<ThingMap | null>(null)
  const alarms = shallowRef<PublicAlarms | null>(null)
  const failed = ref(false)

  async function ask<T>(into: ShallowRef<T | null>, question: () => Promise<T>): Promise<void> {
    if (!shown()) return
    try {
      into.value = await question()
      failed.value = false
    } catch {
      failed.value = true
    }
  }
  const askAlarms = (): Promise<void> => ask(alarms, thingsApi.publicAlarms)
  const askMap = (): Promise<void> => ask(map, thingsApi.thingMap)
  const timers = [setInterval(() => void askAlarms(), ALARM_MILLIS), setInterval(() => void askMap(), MAP_MILLIS)]
  watch(
    shown,
    () => {
      void askAlarms()
      void askMap()
    },
    { immediate: true },
  )
  onScopeDispose(() => timers.forEach(clearInterval))
  return { map, alarms, failed }
}

/** How many devices there are and how many are heard; null when there are none to count. */
export function countsOf(map: ThingMap | null): { things: number; online: number } | null {
  if (!map || map.types.length === 0) return null
  const sum = (of: 'things' | 'online'): number => map.types.reduce((all, type) => all + type[of], 0)
  return { things: sum('things'), online: sum('online') }
}

export type ThingPoints = ReturnType<typeof pointsOf>

/** Where devices stand, for the map: longitude and latitude come by turns. */
export function pointsOf(map: ThingMap | null) {
  const points = (flat: readonly number[], heard: boolean) =>
    Array.from({ length: Math.floor(flat.length / 2) }, (_, index) => ({
      type: 'Feature' as const,
      properties: { heard },
      geometry: { type: 'Point' as const, coordinates: flat.slice(2 * index, 2 * index + 2) },
    }))
  return {
    type: 'FeatureCollection' as const,
    features: (map?.types ?? []).flatMap((type) => [...points(type.silent, false), ...points(type.heard, true)]),
  }
}

/** What needs attention: a case, or an alarm of a device. */
export type Alert = { kind: 'case'; one: LiveCase } | { kind: 'alarm'; one: PublicAlarm }

const ORDER = Object.keys(LEVELS)
const rank = (level: string | null): number => {
  const place = ORDER.indexOf(level ?? '')
  return place < 0 ? ORDER.length : place
}

/** The worst level first; within one the cases in their order, then the alarms, newest first. */
export function mergedOf(cases: readonly LiveCase[], alarms: readonly PublicAlarm[], district: string): Alert[] {
  const here = alarms.filter((one) => (one.district ?? '').startsWith(district))
  const all: Alert[] = [
    ...cases.map((one): Alert => ({ kind: 'case', one })),
    ...here.map((one): Alert => ({ kind: 'alarm', one })),
  ]
  return all.sort((one, other) => rank(one.one.level) - rank(other.one.level))
}

/** How many alarms are open in a district, or in the whole city. */
export const openOf = (alarms: PublicAlarms | null, district: string): number =>
  (alarms?.open ?? [])
    .filter((one) => (one.district ?? '').startsWith(district))
    .reduce((sum, one) => sum + one.alarms, 0)
