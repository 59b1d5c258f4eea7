// The words that all three screens use.

import { dictionary } from './language'
import chinese from './shared.zh'

export const s = dictionary(chinese, () => import('./shared.en'))
