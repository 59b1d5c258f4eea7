// What the screen shows, kept in its address: a wall that restarts, or a link that is sent, shows the same.

import { minuteOf } from '../time/city'

export const PANELS = ['map', 'rank', 'hours', 'days', 'alerts', 'latest'] as const
export type PanelName = (typeof PANELS)[number]

export interface View {
  /** The scene's name; empty for the first one. */
  scene: string
  /** Seconds that each scene is shown; 0 for no rotation. */
  rotate: number
  /** Nobody stands at the screen: what is only for hands is left out. */
  kiosk: boolean
  /** A district, six digits; empty for the whole city. */
  district: string
  /** A moment of the past in milliseconds; null for now. */
  at: number | null
  /** Whether devices are on the map. */
  things: boolean
  /** The panel that takes the place of all. */
  panel: PanelName | null
}

/** Below this nobody can read a scene, in seconds. */
export const ROTATE_SECONDS_MIN = 5
const ROTATE_SECONDS_MAX = 3_600
const CITY_OFFSET = '+08:00'

/** The view of an address; what means nothing is as if it were not there. */
export function viewOf(search: string): View {
  const query = new URLSearchParams(search)
  const rotate = Number(query.get('rotate') ?? 0)
  const panel = PANELS.find((name) => name === query.get('panel'))
  const district = query.get('district') ?? ''
  return {
    scene: query.get('scene') ?? '',
    rotate: rotate > 0 ? Math.min(ROTATE_SECONDS_MAX, Math.max(ROTATE_SECONDS_MIN, rotate)) : 0,
    kiosk: query.get('kiosk') === '1',
    district: /^\d{6}$/.test(district) ? district : '',
    at: momentOf(query.get('at')),
    things: query.get('things') !== '0',
    panel: panel ?? null,
  }
}

/** `2026-11-27T14:00` of the city's clock, or a whole RFC 3339 time. */
function momentOf(text: string | null): number | null {
  if (text === null) return null
  const whole = /^\d{4}-\d\d-\d\dT\d\d:\d\d$/.test(text) ? `${text}:00${CITY_OFFSET}` : text.replace(/ (\d\d:\d\d)$/, '+$1')
  const at = Date.parse(whole)
  return Number.isNaN(at) ? null : at
}

/** The part of an address that tells a view; nothing is said of what is as usual. */
export function searchOf(view: View): string {
  const query = new URLSearchParams()
  if (view.scene) query.set('scene', view.scene)
  if (view.rotate > 0) query.set('rotate', String(view.rotate))
  if (view.kiosk) query.set('kiosk', '1')
  if (view.district) query.set('district', view.district)
  if (view.at !== null) query.set('at', minuteOf(view.at).replace(' ', 'T'))
  if (!view.things) query.set('things', '0')
  if (view.panel) query.set('panel', view.panel)
  // Colons may stand in a query, and people read these addresses.
  const text = query.toString().replace(/%3A/g, ':')
  return text === '' ? '' : `?${text}`
}
