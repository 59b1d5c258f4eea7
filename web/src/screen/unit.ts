// The unit that the screen is drawn in, in pixels, for what no style sheet reaches: the map's shapes and letters.

import { onScopeDispose, ref, type Ref } from 'vue'

const [WIDTH, HEIGHT] = [1920, 1080]

export function useUnit(): Ref<number> {
  const measure = (): number => Math.min(innerWidth / WIDTH, innerHeight / HEIGHT)
  const unit = ref(measure())
  const again = (): void => void (unit.value = measure())
  addEventListener('resize', again)
  onScopeDispose(() => removeEventListener('resize', again))
  return unit
}
