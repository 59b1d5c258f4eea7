// Where the focus goes when what had it is gone, or when a form was sent with faults.

import { nextTick } from 'vue'
import type { Field } from './schema'

const CONTROLS = 'input:not([disabled]), textarea, select, button'

/** Puts the focus on the first control of a part that is about to be drawn anew. */
export function focusFirst(part: () => Element | null): void {
  void nextTick(() => part()?.querySelector<HTMLElement>(CONTROLS)?.focus())
}

/** Puts the focus on the first field with a fault, as the form is read; says whether there is one. */
export function focusFault(form: Element | null, fields: readonly Field[], faults: Readonly<Record<string, string>>): boolean {
  const first = fields.find(({ name }) => name in faults)
  if (!first) return false
  form?.querySelector(`[data-field="${first.name}"]`)?.querySelector<HTMLElement>(CONTROLS)?.focus()
  return true
}
