// Photos before they are sent: made smaller on the device, which also leaves their hidden data (place, device,
// time) behind.

import type { InjectionKey } from 'vue'
import { api, newId } from '../api/client'
import { type PhotoPoint, placeOf } from './exif'

/** The longer edge of a photo as it is sent, in pixels. */
const EDGE_PIXELS_MAX = 1600
const JPEG_QUALITY = 0.82

/** Whether photos are taken on the spot: the camera is then offered first, and opens the album where there is none. */
export const ON_THE_SPOT: InjectionKey<boolean> = Symbol('on the spot')

export interface Photo {
  /** Names the photo on this device and when it is sent, so that sending again does not send twice. */
  key: string
  bytes: Blob
  /** Where the page shows it from. */
  shown: string
  /** Where it was taken, as its file said; it stays on this device unless it is chosen as a place. */
  place: PhotoPoint | null
}

/** The size that fits into a square of `edge`, never larger than it is. */
export function fitted(width: number, height: number, edge: number): [number, number] {
  const scale = Math.min(1, edge / Math.max(width, height))
  return [Math.max(1, Math.round(width * scale)), Math.max(1, Math.round(height * scale))]
}

/** Reads, turns upright and shrinks a photo; throws when the file is no picture that this browser reads. */
export async function shrunk(file: Blob): Promise<Photo> {
  const shown = URL.createObjectURL(file)
  const place = await placeOf(file)
  let bytes: Blob
  try {
    bytes = await redrawn(shown)
  } finally {
    URL.revokeObjectURL(shown)
  }
  return { key: newId(), bytes, shown: URL.createObjectURL(bytes), place }
}

async function redrawn(address: string): Promise<Blob> {
  const picture = new Image()
  picture.src = address
  await picture.decode()
  const canvas = document.createElement('canvas')
  const [width, height] = fitted(picture.naturalWidth, picture.naturalHeight, EDGE_PIXELS_MAX)
  canvas.width = width
  canvas.height = height
  const pen = canvas.getContext('2d')
  if (!pen) throw new Error('this browser gives no canvas')
  pen.drawImage(picture, 0, 0, width, height)
  return new Promise((resolve, reject) => {
    canvas.toBlob(
      (blob) => (blob ? resolve(blob) : reject(new Error('the picture cannot be written'))),
      'image/jpeg',
      JPEG_QUALITY,
    )
  })
}

const sent = new Map<string, string>()

/** Sends photos one after the other and gives their ids; those sent before are not sent again. */
export async function sendPhotos(photos: readonly Photo[]): Promise<string[]> {
  const ids: string[] = []
  for (const photo of photos) {
    const id = sent.get(photo.key) ?? (await api.sendPhoto(photo.bytes, photo.key))
    sent.set(photo.key, id)
    ids.push(id)
  }
  return ids
}
