// A photo as a camera writes it: a JPEG that the browser draws, with the place where it was taken.

import { Buffer } from 'node:buffer'

const HEAD_BYTES = 2

/** Degrees as degrees, minutes and hundredths of seconds, each as a fraction. */
function fractions(degrees) {
  const whole = Math.floor(degrees)
  const minutes = Math.floor((degrees - whole) * 60)
  const seconds = Math.round(((degrees - whole) * 60 - minutes) * 6000)
  return [whole, 1, minutes, 1, seconds, 100]
}

/** The Exif segment with a place north and east. */
function exif({ lon, lat }) {
  const tiff = Buffer.alloc(128)
  const entry = (at, tag, kind, count, value) => {
    tiff.writeUInt16LE(tag, at)
    tiff.writeUInt16LE(kind, at + 2)
    tiff.writeUInt32LE(count, at + 4)
    tiff.writeUInt32LE(value, at + 8)
  }
  tiff.write('II*\0', 0, 'latin1')
  tiff.writeUInt32LE(8, 4)
  tiff.writeUInt16LE(1, 8)
  entry(10, 0x8825, 4, 1, 26)
  tiff.writeUInt16LE(4, 26)
  entry(28, 1, 2, 2, 'N'.charCodeAt(0))
  entry(40, 2, 5, 3, 80)
  entry(52, 3, 2, 2, 'E'.charCodeAt(0))
  entry(64, 4, 5, 3, 104)
  fractions(lat).forEach((value, at) => tiff.writeUInt32LE(value, 80 + at * 4))
  fractions(lon).forEach((value, at) => tiff.writeUInt32LE(value, 104 + at * 4))
  const body = Buffer.concat([Buffer.from('Exif\0\0', 'latin1'), tiff])
  const head = Buffer.from([0xff, 0xe1, 0, 0])
  head.writeUInt16BE(body.length + 2, 2)
  return Buffer.concat([head, body])
}

/** A photo of one colour, larger than it is sent, taken at `place` when there is one. */
export async function photo(page, place = null, colour = '#35506b') {
  const drawn = await page.evaluate(async (fill) => {
    const canvas = document.createElement('canvas')
    canvas.width = 2400
    canvas.height = 1800
    const pen = canvas.getContext('2d')
    pen.fillStyle = fill
    pen.fillRect(0, 0, 2400, 1800)
    const blob = await new Promise((resolve) => canvas.toBlob(resolve, 'image/jpeg'))
    return [...new Uint8Array(await blob.arrayBuffer())]
  }, colour)
  const bytes = Buffer.from(drawn)
  const buffer = place
    ? Buffer.concat([bytes.subarray(0, HEAD_BYTES), exif(place), bytes.subarray(HEAD_BYTES)])
    : bytes
  return { name: 'photo.jpg', mimeType: 'image/jpeg', buffer }
}
