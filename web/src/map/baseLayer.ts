// The city's own tiles in the light look, for OpenLayers.

import MVT from 'ol/format/MVT.js'
import VectorTileLayer from 'ol/layer/VectorTile.js'
import VectorTileSource from 'ol/source/VectorTile.js'
import { Fill, Stroke, Style, Text } from 'ol/style.js'
import { createXYZ } from 'ol/tilegrid.js'
import { FONT, LIGHT, TILE_PIXELS, TILE_ZOOM_MAX } from './look'

export function baseLayer(): VectorTileLayer {
  const lines = (colour: string, width: number): Style => new Style({ stroke: new Stroke({ color: colour, width }) })
  const looks: Record<string, Style> = {
    land: new Style({ fill: new Fill({ color: LIGHT.land }) }),
    districts: lines(LIGHT.district, 1.5),
    streets: lines(LIGHT.street, 1),
    cells: lines(LIGHT.cell, 0.5),
  }
  const label = new Text({
    font: `13px ${FONT}`,
    fill: new Fill({ color: LIGHT.label }),
    stroke: new Stroke({ color: LIGHT.halo, width: 3 }),
  })
  const named = new Style({ text: label })
  return new VectorTileLayer({
    declutter: true,
    source: new VectorTileSource({
      format: new MVT(),
      url: '/tiles/base/{z}/{x}/{y}',
      tileGrid: createXYZ({ tileSize: TILE_PIXELS, maxZoom: TILE_ZOOM_MAX }),
    }),
    style: (feature) => {
      const layer = String(feature.get('layer'))
      if (layer !== 'labels') return looks[layer]
      label.setText(String(feature.get('name') ?? ''))
      return named
    },
  })
}
