// What is kept on this device until it is sent: photos of the draft, and reports that wait for a network. In IndexedDB,
// which holds pictures; where it is forbidden everything works but is gone with the page.

import type { PhotoPoint } from '../forms/exif'
import type { Photo } from '../forms/photos'
import type { OpenRequest } from '../api/types'

const NAME = 'baotu-resident'
const VERSION = 1
const PHOTOS = 'photos'
const REPORTS = 'reports'

/** A photo as it is kept; its address on the page is made anew. */
interface KeptPhoto {
  key: string
  bytes: ArrayBuffer
  type: string
  place: PhotoPoint | null
}

/** A report that waits to be sent; `request.id` names it, so that sending it twice opens one case. */
export interface WaitingReport {
  id: string
  request: OpenRequest
  /** The keys of its photos, which are sent first. */
  photos: string[]
  since: number
  /** What the service had against it; it waits for its writer then. */
  refused: string | null
}

let opened: Promise<IDBDatabase | null> | undefined

function database(): Promise<IDBDatabase | null> {
  opened ??= new Promise((resolve) => {
    try {
      const request = indexedDB.open(NAME, VERSION)
      request.onupgradeneeded = () => {
        request.result.createObjectStore(PHOTOS, { keyPath: 'key' })
        request.result.createObjectStore(REPORTS, { keyPath: 'id' })
      }
      request.onsuccess = () => resolve(request.result)
      request.onerror = () => resolve(null)
    } catch {
      // No IndexedDB in this browser, or forbidden in private windows.
      resolve(null)
    }
  })
  return opened
}

/** Runs one request on a store; `null` where nothing can be kept. */
async function on<R>(
  store: string,
  mode: IDBTransactionMode,
  ask: (store: IDBObjectStore) => IDBRequest<R>,
): Promise<R | null> {
  const kept = await database()
  if (!kept) return null
  return new Promise((resolve) => {
    const transaction = kept.transaction(store, mode)
    const request = ask(transaction.objectStore(store))
    transaction.oncomplete = () => resolve(request.result)
    // Full or broken storage: the page still holds what it shows.
    transaction.onabort = () => resolve(null)
  })
}

export async function keepPhoto({ key, bytes, place }: Photo): Promise<void> {
  // Bytes and not the picture itself: Safari 14 loses blobs that it stored.
  const kept: KeptPhoto = { key, bytes: await bytes.arrayBuffer(), type: bytes.type, place }
  await on(PHOTOS, 'readwrite', (store) => store.put(kept))
}

/** The photos of these keys that are still there, in this order. */
export async function photosOf(keys: readonly string[]): Promise<Photo[]> {
  const kept = await Promise.all(
    keys.map((key) => on<KeptPhoto | undefined>(PHOTOS, 'readonly', (store) => store.get(key))),
  )
  return kept.flatMap((photo) => {
    if (!photo) return []
    const bytes = new Blob([photo.bytes], { type: photo.type })
    return [{ key: photo.key, bytes, place: photo.place, shown: URL.createObjectURL(bytes) }]
  })
}

export async function dropPhotos(keys: readonly string[]): Promise<void> {
  for (const key of keys) await on(PHOTOS, 'readwrite', (store) => store.delete(key))
}

/** Whether it is kept: false where this device keeps nothing. */
export async function keepReport(report: WaitingReport): Promise<boolean> {
  // Plain data: what pages hold cannot be stored as it is.
  const plain = JSON.parse(JSON.stringify(report)) as WaitingReport
  return (await on(REPORTS, 'readwrite', (store) => store.put(plain))) !== null
}

export async function waitingReports(): Promise<WaitingReport[]> {
  const reports = (await on<WaitingReport[]>(REPORTS, 'readonly', (store) => store.getAll())) ?? []
  return reports.sort((one, other) => one.since - other.since)
}

export async function dropReport(id: string): Promise<void> {
  await on(REPORTS, 'readwrite', (store) => store.delete(id))
}
