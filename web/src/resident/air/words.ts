// The words of the pages about stations, loaded with them.

import { dictionary } from '../../words/language'
import chinese from '../../words/resident.air.zh'

export const a = dictionary(chinese, () => import('../../words/resident.air.en'))
