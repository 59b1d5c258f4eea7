// The list that was shown last, for as long as the page lives: whoever comes back from a case finds it at once, with the
// mark where it was, while it is read anew behind.

import type { CaseRow, Rows } from '../api/types'

export interface LastList {
  /** Whose list it is, and which. */
  key: string
  page: Rows<CaseRow>
  /** When it was read. */
  at: number
  /** The number of the case that was marked. */
  marked: string | null
}

let last: LastList | null = null

export const lastList = (key: string): LastList | null => (last?.key === key ? last : null)
export function keepList(list: LastList): void {
  last = list
}
