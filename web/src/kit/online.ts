// Whether the service can be reached. A device that says it has a network may still reach nobody: then what was last
// asked for the whole page went without an answer.

import { computed, ref } from 'vue'
import { trouble } from '../session'

const connected = ref(navigator.onLine)
addEventListener('online', () => (connected.value = true))
addEventListener('offline', () => (connected.value = false))

export const online = computed(() => connected.value && trouble.value?.status !== 0)
