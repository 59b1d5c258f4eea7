// The words of the desk.

import { dictionary } from '../words/language'
import chinese from '../words/desk.zh'

export const d = dictionary(chinese, () => import('../words/desk.en'))
