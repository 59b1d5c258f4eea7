import { describe, expect, it } from 'vitest'
import { placeOf } from './exif'

/** A JPEG head with the place in degrees, minutes and hundredths of seconds; `order` is that of the bytes. */
function jpeg(order: 'II' | 'MM', lat: number[], lon: number[], sides = 'NE'): Uint8Array<ArrayBuffer> {
  const little = order === 'II'
  const tiff = new DataView(new ArrayBuffer(160))
  const word = (at: number, value: number): void => tiff.setUint16(at, value, little)
  const long = (at: number, value: number): void => tiff.setUint32(at, value, little)
  const entry = (at: number, tag: number, kind: number, count: number, value: number): void => {
    word(at, tag)
    word(at + 2, kind)
    long(at + 4, count)
    long(at + 8, value)
  }
  tiff.setUint16(0, little ? 0x4949 : 0x4d4d)
  word(2, 42)
  long(4, 8)
  word(8, 1)
  entry(10, 0x8825, 4, 1, 26)
  word(26, 4)
  entry(28, 1, 2, 2, 0)
  tiff.setUint8(36, sides.charCodeAt(0))
  entry(40, 2, 5, 3, 80)
  entry(52, 3, 2, 2, 0)
  tiff.setUint8(60, sides.charCodeAt(1))
  entry(64, 4, 5, 3, 104)
  ;[lat, lon].forEach((parts, index) =>
    parts.forEach((part, at) => {
      const denominator = at === 2 ? 100 : 1
      long(80 + index * 24 + at * 8, Math.round(part * denominator))
      long(84 + index * 24 + at * 8, denominator)
    }),
  )
  const head = [0xff, 0xd8, 0xff, 0xe0, 0, 4, 0, 0, 0xff, 0xe1, 0, tiff.byteLength + 8, 0x45, 0x78, 0x69, 0x66, 0, 0]
  return new Uint8Array([...head, ...new Uint8Array(tiff.buffer), 0xff, 0xda])
}

const read = (bytes: Uint8Array<ArrayBuffer>): ReturnType<typeof placeOf> => placeOf(new Blob([bytes]))

describe('the place in a photo', () => {
  it.each(['II', 'MM'] as const)('is read in byte order %s', async (order) => {
    expect(await read(jpeg(order, [36, 39, 40.5], [117, 1, 8.4]))).toEqual({ lon: 117.019, lat: 36.66125 })
  })

  it('lies south and west where the camera says so', async () => {
    expect(await read(jpeg('II', [33, 52, 0], [70, 40, 0], 'SW'))).toEqual({ lon: -70.666667, lat: -33.866667 })
  })

  it('is unknown where the camera wrote zeros, and beyond the globe', async () => {
    expect(await read(jpeg('II', [0, 0, 0], [0, 0, 0]))).toBeNull()
    expect(await read(jpeg('II', [91, 0, 0], [0, 0, 1]))).toBeNull()
  })

  it('is unknown in a file that is cut off anywhere, and never throws', async () => {
    const whole = jpeg('MM', [36, 39, 40], [117, 1, 8])
    for (let length = 0; length < whole.length - 40; length++) {
      expect(await read(whole.slice(0, length))).toBeNull()
    }
  })

  it('is unknown in what is no JPEG', async () => {
    expect(await placeOf(new Blob(['GIF89a']))).toBeNull()
    expect(await placeOf(new Blob([]))).toBeNull()
  })
})
