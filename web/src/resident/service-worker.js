// Keeps the resident page on the device, so that it opens without a network: its own files, and the few public answers
// that a report is written with. Nothing about persons is ever kept: no case, no notice, no session, no photo. The desk
// and the screen are left alone. The build puts the names of the files in the place of the two words below.

const VERSION = '__VERSION__'
const FILES = __FILES__

/** Files by their version: an upgrade brings another set and drops this one. */
const SHELL = `baotu-shell-${VERSION}`
/** The last public answers; they outlive upgrades. */
const PUBLIC = 'baotu-public'

/** Pages that are drawn by the resident page; the same paths stand in `routes.ts`. */
const PAGES = /^\/(report|cases|notices|sign-in)?(\/|$)/
/** Answers about the city that everybody may know, without a query that says what somebody looks for. */
const PUBLIC_ANSWERS = ['/api/city', '/api/procedures']

self.addEventListener('install', (event) => {
  const shell = caches.open(SHELL).then((cache) => cache.addAll(FILES))
  // What a report is written with is there from the first visit on; it is asked for again at each later one.
  const known = caches.open(PUBLIC).then((cache) => cache.addAll(PUBLIC_ANSWERS))
  event.waitUntil(Promise.all([shell, known]).then(() => self.skipWaiting()))
})

self.addEventListener('activate', (event) => {
  const drop = (names) =>
    names.filter((name) => name.startsWith('baotu-shell-') && name !== SHELL).map((name) => caches.delete(name))
  event.waitUntil(
    caches
      .keys()
      .then((names) => Promise.all(drop(names)))
      .then(() => self.clients.claim()),
  )
})

self.addEventListener('fetch', (event) => {
  const { request } = event
  const { origin, pathname, search } = new URL(request.url)
  if (request.method !== 'GET' || origin !== self.location.origin) return
  if (request.mode === 'navigate') {
    if (PAGES.test(pathname)) event.respondWith(page(request))
  } else if (PUBLIC_ANSWERS.includes(pathname) && search === '') {
    event.respondWith(publicAnswer(event))
  } else if (FILES.includes(pathname)) {
    event.respondWith(kept(request, SHELL).then((known) => known ?? fetch(request)))
  }
})

/** The page as the service has it now; the kept one only when there is no service. */
async function page(request) {
  try {
    return await fetch(request)
  } catch (error) {
    const known = await kept('/', SHELL)
    if (known) return known
    throw error
  }
}

/** What is kept, if anything: a device that cannot look (a full disk, a private window) has kept nothing. */
function kept(request, cacheName) {
  return caches.match(request, { cacheName }).catch(() => undefined)
}

/** As the service answers now, which is kept for the next time without it. */
async function publicAnswer(event) {
  const { request } = event
  try {
    const answer = await fetch(request)
    if (answer.ok) {
      const copy = answer.clone()
      // An answer that cannot be kept is as good an answer.
      event.waitUntil(caches.open(PUBLIC).then((cache) => cache.put(request.url, copy)).catch(() => undefined))
    }
    return answer
  } catch (error) {
    const known = await kept(request.url, PUBLIC)
    if (known) return known
    throw error
  }
}
