// Where a photo was taken, as the camera wrote it into a JPEG file (Exif 2.3, GPS). WGS-84, which differs from
// CGCS2000 by less than a metre. Anything unexpected means that nothing is known.

/** The place stands near the beginning of a file; no more than this is read, in bytes. */
const HEAD_BYTES = 256 * 1024
/** More entries than this in one directory are taken for damage. */
const ENTRIES_MAX = 512

const SEGMENT_EXIF = 0xe1
const SEGMENT_IMAGE = 0xda
const TAG_GPS = 0x8825
const TAG_LAT_SIDE = 1
const TAG_LAT = 2
const TAG_LON_SIDE = 3
const TAG_LON = 4
const TYPE_RATIONAL = 5
const RATIONAL_BYTES = 8
const ENTRY_BYTES = 12

export interface PhotoPoint {
  lon: number
  lat: number
}

/** Where the photo was taken; null when it does not say. */
export async function placeOf(file: Blob): Promise<PhotoPoint | null> {
  try {
    return pointIn(new DataView(await file.slice(0, HEAD_BYTES).arrayBuffer()))
  } catch {
    // A `RangeError`: the file says that it holds more than it does.
    return null
  }
}

/** The same from bytes; throws `RangeError` where they are cut off. */
export function pointIn(bytes: DataView): PhotoPoint | null {
  const tiff = tiffIn(bytes)
  if (!tiff) return null
  const order = tiff.getUint16(0)
  if (order !== 0x4949 && order !== 0x4d4d) return null
  const little = order === 0x4949
  const gpsAt = entriesOf(tiff, tiff.getUint32(4, little), little).get(TAG_GPS)
  if (!gpsAt) return null
  const gps = entriesOf(tiff, tiff.getUint32(gpsAt + 8, little), little)
  const lat = degrees(tiff, gps.get(TAG_LAT), little)
  const lon = degrees(tiff, gps.get(TAG_LON), little)
  if (lat === null || lon === null || lat > 90 || lon > 180 || (lat === 0 && lon === 0)) return null
  const south = side(tiff, gps.get(TAG_LAT_SIDE)) === 'S'
  const west = side(tiff, gps.get(TAG_LON_SIDE)) === 'W'
  return { lon: rounded(west ? -lon : lon), lat: rounded(south ? -lat : lat) }
}

/** The TIFF structure inside the Exif segment of a JPEG file. */
function tiffIn(bytes: DataView): DataView | null {
  if (bytes.byteLength < 4 || bytes.getUint16(0) !== 0xffd8) return null
  let at = 2
  while (at + 4 <= bytes.byteLength && bytes.getUint8(at) === 0xff) {
    const [kind, length] = [bytes.getUint8(at + 1), bytes.getUint16(at + 2)]
    if (kind === SEGMENT_IMAGE || length < 2) return null
    // "Exif", two zeros, then the structure.
    if (kind === SEGMENT_EXIF && bytes.getUint32(at + 4) === 0x45786966 && bytes.getUint16(at + 8) === 0) {
      return new DataView(bytes.buffer, bytes.byteOffset + at + 10, length - 8)
    }
    at += 2 + length
  }
  return null
}

/** Where each entry of a directory stands, by its tag. */
function entriesOf(tiff: DataView, at: number, little: boolean): Map<number, number> {
  const entries = new Map<number, number>()
  const count = Math.min(tiff.getUint16(at, little), ENTRIES_MAX)
  for (let index = 0; index < count; index++) {
    const entry = at + 2 + index * ENTRY_BYTES
    entries.set(tiff.getUint16(entry, little), entry)
  }
  return entries
}

/** Degrees, minutes and seconds as degrees. */
function degrees(tiff: DataView, entry: number | undefined, little: boolean): number | null {
  if (entry === undefined) return null
  if (tiff.getUint16(entry + 2, little) !== TYPE_RATIONAL || tiff.getUint32(entry + 4, little) !== 3) return null
  const at = tiff.getUint32(entry + 8, little)
  const part = (index: number): number => {
    const [upper, lower] = [0, 4].map((offset) => tiff.getUint32(at + index * RATIONAL_BYTES + offset, little))
    // Cameras write 0/0 for what they do not know of the seconds.
    return lower === 0 ? 0 : (upper ?? 0) / (lower ?? 1)
  }
  return part(0) + part(1) / 60 + part(2) / 3600
}

function side(tiff: DataView, entry: number | undefined): string {
  return entry === undefined ? '' : String.fromCharCode(tiff.getUint8(entry + 8))
}

/** Six digits, about a tenth of a metre. */
const rounded = (value: number): number => Math.round(value * 1e6) / 1e6
