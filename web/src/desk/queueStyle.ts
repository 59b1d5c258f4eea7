// The map beside a list for MapLibre: the city's own tiles in the light look, the cases of the list as shapes by level,
// near ones in one circle with the worst level's colour, and the marked one with a ring around it.

import type { ExpressionSpecification, StyleSpecification } from 'maplibre-gl'
import type { CaseRow } from '../api/types'
import { byLevel, shapeName } from '../map/liveStyle'
import { LEVELS, LIGHT, TILE_ZOOM_MAX } from '../map/look'

/** Below this zoom near cases are one circle. */
const CLUSTER_ZOOM_MAX = 12
const [CLUSTER_PIXELS, CLUSTER_LEAST, CLUSTER_MOST] = [36, 10, 22]
const RING_PIXELS = 13
/** The mildest has the highest place: the worst of a circle is the least. */
const NAMES = Object.keys(LEVELS)

export type Points = ReturnType<typeof pointsOf>

/** The cases that have a place. */
export function pointsOf(rows: readonly CaseRow[]) {
  return {
    type: 'FeatureCollection' as const,
    features: rows.flatMap(({ number, level, place }) =>
      place === null
        ? []
        : [
            {
              type: 'Feature' as const,
              properties: { number, level, rank: level !== null && level in LEVELS ? NAMES.indexOf(level) : NAMES.length - 1 },
              geometry: { type: 'Point' as const, coordinates: [place.lon, place.lat] },
            },
          ],
    ),
  }
}

const byWorst = [
  'match',
  ['get', 'worst'],
  ...NAMES.flatMap((name, rank) => [rank, LEVELS[name]?.onLight ?? '']),
  LIGHT.label,
] as unknown as ExpressionSpecification

export function queueStyle(cases: Points, marked: Points): StyleSpecification {
  const line = (id: string, colour: string, width: number): StyleSpecification['layers'][number] => ({
    id,
    type: 'line',
    source: 'base',
    'source-layer': id,
    paint: { 'line-color': colour, 'line-width': width },
  })
  return {
    version: 8,
    sources: {
      base: { type: 'vector', tiles: [`${location.origin}/tiles/base/{z}/{x}/{y}`], maxzoom: TILE_ZOOM_MAX },
      cases: {
        type: 'geojson',
        data: cases,
        cluster: true,
        clusterMaxZoom: CLUSTER_ZOOM_MAX - 1,
        clusterRadius: CLUSTER_PIXELS,
        clusterProperties: { worst: ['min', ['get', 'rank']] },
      },
      marked: { type: 'geojson', data: marked },
    },
    layers: [
      { id: 'outside', type: 'background', paint: { 'background-color': LIGHT.outside } },
      { id: 'land', type: 'fill', source: 'base', 'source-layer': 'land', paint: { 'fill-color': LIGHT.land } },
      line('cells', LIGHT.cell, 0.5),
      line('streets', LIGHT.street, 1),
      line('districts', LIGHT.district, 1.5),
      {
        id: 'clusters',
        type: 'circle',
        source: 'cases',
        filter: ['has', 'point_count'],
        paint: {
          'circle-color': byWorst,
          'circle-stroke-color': LIGHT.halo,
          'circle-stroke-width': 1.5,
          'circle-radius': ['min', CLUSTER_MOST, ['+', CLUSTER_LEAST, ['sqrt', ['get', 'point_count']]]],
        },
      },
      {
        id: 'points',
        type: 'symbol',
        source: 'cases',
        filter: ['!', ['has', 'point_count']],
        layout: { 'icon-image': byLevel(shapeName), 'icon-allow-overlap': true, 'icon-ignore-placement': true },
      },
      {
        id: 'ring',
        type: 'circle',
        source: 'marked',
        paint: {
          'circle-radius': RING_PIXELS,
          'circle-opacity': 0,
          'circle-stroke-color': '#0b3d91',
          'circle-stroke-width': 4,
        },
      },
      {
        id: 'marked',
        type: 'symbol',
        source: 'marked',
        layout: { 'icon-image': byLevel(shapeName), 'icon-allow-overlap': true, 'icon-ignore-placement': true },
      },
      {
        id: 'labels',
        type: 'symbol',
        source: 'base',
        'source-layer': 'labels',
        layout: { 'text-field': ['get', 'name'], 'text-size': 13, 'text-padding': 6 },
        paint: { 'text-color': LIGHT.label, 'text-halo-color': LIGHT.halo, 'text-halo-width': 1.5 },
      },
      {
        id: 'counts',
        type: 'symbol',
        source: 'cases',
        filter: ['has', 'point_count'],
        layout: {
          'text-field': ['to-string', ['get', 'point_count']],
          'text-size': 12,
          'text-allow-overlap': true,
          'text-ignore-placement': true,
        },
        paint: { 'text-color': LIGHT.halo },
      },
    ],
  }
}
