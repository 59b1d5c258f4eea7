// The words about readings that the desk and the resident page share, loaded with the pages that tell of them.

import { dictionary } from '../words/language'
import chinese from '../words/sensing.zh'

export const q = dictionary(chinese, () => import('../words/sensing.en'))

type Key = Parameters<typeof q>[0]

/** The word under a key that may be missing; a name that nobody has words for is shown as it is. */
function wordOr(key: string, name: string): string {
  return key in chinese ? q(key as Key) : name
}

export const qualityWord = (quality: string): string => wordOr(`quality.${quality}`, quality)
/** What was amiss with a thing, in words. */
export const mishapWord = (code: string): string => wordOr(`mishap.${code}`, code)
