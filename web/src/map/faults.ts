// What goes wrong in a map. A tile that nobody answered for is no fault of the page: its line tells that the service
// is away. Anything else goes to the console, as the map itself would do where nobody listens.

interface Failing {
  on: (type: 'error', told: (event: { error: Error }) => void) => unknown
}

/** A request without any answer, as the map engine tells it: an error with this status. */
const UNANSWERED = 0

export function heedFaults(map: Failing): void {
  map.on('error', ({ error }) => {
    if ((error as { status?: unknown }).status !== UNANSWERED) console.error(error)
  })
}
