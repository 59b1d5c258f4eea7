// The language of a screen, and dictionaries with typed keys. Chinese comes with the page, English on demand.

import { ref, shallowRef } from 'vue'

export type Language = 'zh-CN' | 'en'

/** Where the choice is kept on this device. */
const KEPT_AS = 'baotu.language'

export const language = ref<Language>(kept())

function kept(): Language {
  try {
    return localStorage.getItem(KEPT_AS) === 'en' ? 'en' : 'zh-CN'
  } catch {
    // Storage can be forbidden on shared machines; the page then begins in Chinese.
    return 'zh-CN'
  }
}

type Words = Record<string, string>
const loaders: (() => Promise<void>)[] = []

/** Switches all dictionaries of the page, once the words are there. */
export async function speak(wished: Language): Promise<void> {
  if (wished === 'en') await Promise.all(loaders.map((load) => load()))
  language.value = wished
  document.documentElement.lang = wished
  try {
    localStorage.setItem(KEPT_AS, wished)
  } catch {
    // Not kept, so the next visit begins in Chinese.
  }
}

/** Begins a page in the kept language. */
export async function begin(): Promise<void> {
  document.documentElement.lang = language.value
  if (language.value !== 'en') return
  await Promise.all(loaders.map((load) => load())).catch(() => {
    language.value = 'zh-CN'
  })
}

/** Puts values into `{name}` places of a message. */
export function fill(message: string, values: Record<string, string | number> = {}): string {
  return message.replace(/\{(\w+)\}/g, (place, name: string) => String(values[name] ?? place))
}

/** A dictionary: its keys are those of the Chinese one, and English must have every one of them. */
export function dictionary<Z extends Words>(
  chinese: Z,
  english: () => Promise<{ default: Record<keyof Z, string> }>,
): (key: keyof Z, values?: Record<string, string | number>) => string {
  const loaded = shallowRef<Record<keyof Z, string> | null>(null)
  const load = async (): Promise<void> => {
    loaded.value ??= (await english()).default
  }
  loaders.push(load)
  // A part of a page that comes later speaks what the page speaks already.
  if (language.value === 'en') void load().catch(() => undefined)
  return (key, values) => {
    const words: Record<keyof Z, string> = (language.value === 'en' ? loaded.value : null) ?? chinese
    return fill(words[key], values)
  }
}
