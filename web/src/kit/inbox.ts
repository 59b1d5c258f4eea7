// The notices of whoever is signed in, page after page; those that were shown are marked as read.

import type { Ref } from 'vue'
import { api } from '../api/client'
import type { Notice } from '../api/types'
import { type Load, usePages } from './load'

export function useInbox(): { list: Load<Notice[]>; next: Ref<string | null> } {
  return usePages(async (after) => {
    const page = await api.notices(after === null ? {} : { after })
    // Reading them is what the page is for; one that cannot be marked stays new and is shown again.
    const fresh = page.rows.filter((notice) => notice.read_at === null)
    await Promise.allSettled(fresh.map((notice) => api.markNoticeRead(notice.id)))
    return page
  })
}
