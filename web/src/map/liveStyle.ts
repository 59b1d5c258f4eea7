// The live map for MapLibre: the city's own tiles in the dark look, open cases as shapes by level, clusters by the worst.

import type { ExpressionSpecification, GeoJSONSourceSpecification, StyleSpecification } from 'maplibre-gl'
import { DARK, LEVELS, type LevelShape, LIGHT, THING, TILE_ZOOM_MAX } from './look'

/** Shapes are drawn at twice their size, so that they stay sharp on dense screens. */
export const SHAPE_RATIO = 2
/** Pixels around a shape for its outline. */
const EDGE_PIXELS = 1.5

/** Which open cases tiles show. */
export interface LiveTiles {
  procedures: readonly string[]
  /** A moment in milliseconds; null for now. */
  at: number | null
}

/** Where the live tiles come from. */
export function liveTiles({ procedures, at }: LiveTiles): string[] {
  const query = new URLSearchParams()
  if (procedures.length > 0) query.set('procedures', procedures.join(','))
  if (at !== null) query.set('at', new Date(at).toISOString())
  const text = query.toString()
  return [`${location.origin}/tiles/live/{z}/{x}/{y}${text === '' ? '' : `?${text}`}`]
}

const ORDINARY = Object.keys(LEVELS).pop() ?? ''

/** By level; a level that the look does not know is shown as the mildest. */
export function byLevel(what: (level: string) => string | number): ExpressionSpecification {
  const branches = Object.keys(LEVELS).flatMap((level) => [level, what(level)])
  return ['match', ['get', 'level'], ...branches, what(ORDINARY)] as unknown as ExpressionSpecification
}

export const shapeName = (level: string): string => `level-${level}`

/** The points of a shape on a square with this edge, clockwise from the top. */
export function outlineOf(shape: LevelShape, edge: number): [number, number][] {
  const middle = edge / 2
  if (shape === 'diamond') return [[middle, 0], [edge, middle], [middle, edge], [0, middle]]
  if (shape === 'triangle') return [[middle, 0], [edge, edge], [0, edge]]
  return []
}

/** A level's shape as an image for the map, for dark ground unless light is asked for. */
export function shapeImage(level: string, ground: 'dark' | 'light' = 'dark'): ImageData | null {
  const look = LEVELS[level]
  const size = Math.ceil(((look?.pixels ?? 0) + 2 * EDGE_PIXELS) * SHAPE_RATIO)
  const canvas = document.createElement('canvas')
  canvas.width = canvas.height = size
  const pen = canvas.getContext('2d')
  if (!pen || !look) return null
  pen.scale(SHAPE_RATIO, SHAPE_RATIO)
  pen.translate(EDGE_PIXELS, EDGE_PIXELS)
  pen.beginPath()
  if (look.shape === 'dot') pen.arc(look.pixels / 2, look.pixels / 2, look.pixels / 2, 0, 2 * Math.PI)
  outlineOf(look.shape, look.pixels).forEach(([x, y], index) => (index === 0 ? pen.moveTo(x, y) : pen.lineTo(x, y)))
  pen.closePath()
  pen.fillStyle = ground === 'dark' ? look.colour : look.onLight
  pen.strokeStyle = ground === 'dark' ? DARK.outside : LIGHT.halo
  pen.lineWidth = EDGE_PIXELS
  pen.fill()
  pen.stroke()
  return pen.getImageData(0, 0, size, size)
}

/** The layers that answer a click. */
export const CASE_LAYERS = ['clusters', 'points']
/** Pixels of the radius of a cluster: so much at least, at most, and for each doubling. */
const [CLUSTER_LEAST, CLUSTER_MOST, CLUSTER_GROWTH] = [9, 28, 3]

/** From afar devices are dots, so that they do not cover what they stand in; near they are rings of their size. */
const [FAR_ZOOM, NEAR_ZOOM, FAR_RADIUS] = [9, 13, 0.6]

export function liveStyle(
  tiles: LiveTiles,
  textScale: number,
  things: GeoJSONSourceSpecification['data'],
): StyleSpecification {
  const line = (id: string, colour: string, width: number): StyleSpecification['layers'][number] => ({
    id,
    type: 'line',
    source: 'base',
    'source-layer': id,
    paint: { 'line-color': colour, 'line-width': width * textScale },
  })
  const cases = { source: 'live', 'source-layer': 'cases' }
  return {
    version: 8,
    sources: {
      base: { type: 'vector', tiles: [`${location.origin}/tiles/base/{z}/{x}/{y}`], maxzoom: TILE_ZOOM_MAX },
      live: { type: 'vector', tiles: liveTiles(tiles), maxzoom: TILE_ZOOM_MAX },
      things: { type: 'geojson', data: things },
    },
    layers: [
      { id: 'outside', type: 'background', paint: { 'background-color': DARK.outside } },
      { id: 'land', type: 'fill', source: 'base', 'source-layer': 'land', paint: { 'fill-color': DARK.land } },
      line('cells', DARK.cell, 0.5),
      line('streets', DARK.street, 1),
      line('districts', DARK.district, 1.5),
      {
        id: 'things',
        type: 'circle',
        source: 'things',
        paint: {
          'circle-color': THING.heard,
          'circle-opacity': ['case', ['get', 'heard'], THING.core, 0],
          'circle-stroke-color': ['case', ['get', 'heard'], THING.heard, THING.silent],
          'circle-stroke-width': THING.ring * textScale,
          'circle-radius': [
            'interpolate',
            ['linear'],
            ['zoom'],
            FAR_ZOOM,
            FAR_RADIUS * textScale,
            NEAR_ZOOM,
            THING.radius * textScale,
          ],
        },
      },
      {
        id: 'clusters',
        type: 'circle',
        ...cases,
        filter: ['>', ['get', 'count'], 1],
        paint: {
          'circle-color': byLevel((level) => LEVELS[level]?.colour ?? ''),
          'circle-opacity': 0.85,
          'circle-stroke-color': DARK.outside,
          'circle-stroke-width': 1,
          'circle-radius': [
            '*',
            textScale,
            ['min', CLUSTER_MOST, ['+', CLUSTER_LEAST, ['*', CLUSTER_GROWTH, ['log2', ['get', 'count']]]]],
          ],
        },
      },
      {
        id: 'points',
        type: 'symbol',
        ...cases,
        filter: ['==', ['get', 'count'], 1],
        layout: {
          'icon-image': byLevel(shapeName),
          'icon-size': textScale,
          'icon-allow-overlap': true,
          'icon-ignore-placement': true,
        },
      },
      {
        id: 'labels',
        type: 'symbol',
        source: 'base',
        'source-layer': 'labels',
        // A name gives way to the number of cases: it is known without being read, the number is not.
        layout: {
          'text-field': ['get', 'name'],
          'text-size': 13 * textScale,
          'text-padding': 6,
          'text-variable-anchor': ['center', 'bottom', 'top', 'left', 'right'],
          'text-radial-offset': 0.8,
        },
        paint: { 'text-color': DARK.label, 'text-halo-color': DARK.halo, 'text-halo-width': 1.5 },
      },
      {
        id: 'counts',
        type: 'symbol',
        ...cases,
        filter: ['>', ['get', 'count'], 1],
        layout: {
          'text-field': ['to-string', ['get', 'count']],
          'text-size': 12 * textScale,
          'text-allow-overlap': true,
          'text-padding': CLUSTER_LEAST * textScale,
        },
        paint: { 'text-color': DARK.outside },
      },
    ],
  }
}
