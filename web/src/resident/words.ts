// The words of the resident page.

import { dictionary } from '../words/language'
import chinese from '../words/resident.zh'

export const r = dictionary(chinese, () => import('../words/resident.en'))
