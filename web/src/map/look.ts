// The look of the city's own map, shared by both map engines so that one city looks the same on every screen.

/** The zoom up to which tiles are drawn; above it the last ones are enlarged. */
export const TILE_ZOOM_MAX = 16
export const ZOOM_MAX = 18
/** Tiles are 512 pixels wide on the screen. */
export const TILE_PIXELS = 512

export interface Look {
  land: string
  outside: string
  district: string
  street: string
  cell: string
  label: string
  halo: string
}

export const LIGHT: Look = {
  land: '#ffffff',
  outside: '#e9edf2',
  district: '#7c93ad',
  street: '#b9c6d4',
  cell: '#d5dde6',
  label: '#344054',
  halo: '#ffffff',
}

export const DARK: Look = {
  land: '#0e2238',
  outside: '#07121f',
  district: '#2b5c8c',
  street: '#1d3f61',
  cell: '#17324e',
  label: '#a3b8cf',
  halo: '#07121f',
}

/** Fonts of the machine itself; none is sent. */
export const FONT = 'system-ui, "PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC", sans-serif'

/** A device on dark ground: a ring of five pixels with a core; one that is not heard is hollow and grey. */
export const THING = { heard: '#3ecf8e', silent: '#8299b3', radius: 1.5, ring: 1, core: 0.6 } as const

export type LevelShape = 'diamond' | 'triangle' | 'dot'

/**
 * A level's colour on dark and on light ground, shape and size in pixels, the worst first; levels that a pack names
 * otherwise look ordinary.
 */
export const LEVELS: Record<string, { colour: string; onLight: string; shape: LevelShape; pixels: number }> = {
  重大: { colour: '#ff6b6b', onLight: '#b42318', shape: 'diamond', pixels: 14 },
  紧急: { colour: '#f5a524', onLight: '#8f5200', shape: 'triangle', pixels: 10 },
  一般: { colour: '#4aa8ff', onLight: '#0b5cad', shape: 'dot', pixels: 8 },
}
