// The elder mode (长辈版): larger words and targets, one column. Kept on this device; the sheet of the page does the rest.

import { ref, watchEffect } from 'vue'

const KEPT_AS = 'baotu.elder'

function kept(): boolean {
  try {
    return localStorage.getItem(KEPT_AS) === '1'
  } catch {
    return false
  }
}

export const elder = ref(kept())

watchEffect(() => {
  document.documentElement.toggleAttribute('data-elder', elder.value)
})

export function switchElder(): void {
  elder.value = !elder.value
  try {
    localStorage.setItem(KEPT_AS, elder.value ? '1' : '0')
  } catch {
    // Not kept, so the next visit begins in the ordinary size.
  }
}
