// The words of the pages about the city pack, loaded with them.

import { dictionary } from '../../words/language'
import chinese from '../../words/desk.pack.zh'

export const p = dictionary(chinese, () => import('../../words/desk.pack.en'))
