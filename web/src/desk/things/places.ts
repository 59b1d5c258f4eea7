// Names that lists of devices and alarms need beside their rows: districts of the city, units, types.

import { ref, shallowRef, watch } from 'vue'
import { api } from '../../api/client'
import { thingsApi } from '../../api/things'
import type { Division, ThingType } from '../../api/types'
import { city } from '../../session'
import { language } from '../../words/language'

const DISTRICT_DIGITS = 6

export const districts = shallowRef<Division[]>([])
export const types = shallowRef<ThingType[]>([])
const units = ref(new Map<string, string>())

/** Asks for districts and types, once for the page; without them codes are shown. */
export function learnNames(): void {
  watch(
    city,
    async (found) => {
      if (found?.division && districts.value.length === 0) {
        districts.value = await api.divisions(found.division).catch(() => [])
      }
    },
    { immediate: true },
  )
  void thingsApi.types().then(
    (found) => (types.value = found),
    () => undefined,
  )
}

/** Asks for the names of units that are not known yet. */
export async function learnUnits(codes: readonly (string | null)[]): Promise<void> {
  const missing = [...new Set(codes)].filter((code): code is string => code !== null && !units.value.has(code))
  if (missing.length === 0) return
  const found = await api.units({ codes: missing.join(',') }).catch(() => [])
  found.forEach((unit) => units.value.set(unit.code, unit.name))
}

export const unitName = (code: string | null): string => units.value.get(code ?? '') ?? code ?? ''
export const districtName = (code: string | null): string =>
  districts.value.find((one) => one.code === (code ?? '').slice(0, DISTRICT_DIGITS))?.name ?? ''
export const typeName = (name: string): string => {
  const type = types.value.find((one) => one.name === name)
  return (language.value === 'en' ? type?.title_en : null) ?? type?.title ?? name
}
