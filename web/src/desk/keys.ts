// Keys that a page answers while it is open, told apart from typing.

import { onBeforeUnmount, onMounted } from 'vue'

/** What a key does; `false` leaves it to the browser. */
export type Keys = Record<string, () => void | false>

const FIELDS = 'input:not([type="checkbox"]):not([type="radio"]), select, textarea, [contenteditable="true"]'
/** Enter presses what has the focus. */
const PRESSED = `${FIELDS}, button, a, input, summary`

/** Whether a key goes to what has the focus and not to the page. */
export function isTyped(key: string, on: Element): boolean {
  return on.matches(key === 'Enter' || key === ' ' ? PRESSED : FIELDS)
}

/** Answers keys until the page is left. Letters are told in lower case. */
export function useKeys(keys: Keys): void {
  function answer(event: KeyboardEvent): void {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return
    const on = event.target instanceof Element ? event.target : document.body
    if (isTyped(event.key, on)) return
    const does = keys[event.key.length === 1 ? event.key.toLowerCase() : event.key]
    if (does && does() !== false) event.preventDefault()
  }
  onMounted(() => window.addEventListener('keydown', answer))
  onBeforeUnmount(() => window.removeEventListener('keydown', answer))
}
