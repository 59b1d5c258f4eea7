// Registers the service worker, which keeps the resident page on the device so that it opens without a network.

export function runWorker(): void {
  // Browsers have it on https and on the machine itself only; without it all works, but not offline.
  if (!('serviceWorker' in navigator) || import.meta.env.DEV) return
  addEventListener('load', () => {
    navigator.serviceWorker.register('/sw.js').catch(() => undefined)
  })
}
