// The words of the pages about devices and alarms, loaded with them.

import { dictionary } from '../../words/language'
import chinese from '../../words/desk.things.zh'

export const t = dictionary(chinese, () => import('../../words/desk.things.en'))
