import { afterEach, describe, expect, it } from 'vitest'
import { nextTick } from 'vue'
import { fill, language, speak } from './language'
import desk from './desk.zh'
import deskEn from './desk.en'
import resident from './resident.zh'
import residentEn from './resident.en'
import screen from './screen.zh'
import screenEn from './screen.en'
import shared from './shared.zh'
import sharedEn from './shared.en'
import { s } from './shared'

const values = (message: string): string[] => (message.match(/\{\w+\}/g) ?? []).sort()

describe('dictionaries', () => {
  afterEach(() => speak('zh-CN'))

  it.each([
    ['shared', shared, sharedEn],
    ['resident', resident, residentEn],
    ['desk', desk, deskEn],
    ['screen', screen, screenEn],
  ])('%s: both languages fill in the same values', (_name, chinese, english) => {
    const words: Record<string, string> = english
    for (const [key, message] of Object.entries<string>(chinese)) {
      expect([key, values(words[key] ?? '')]).toEqual([key, values(message)])
    }
  })

  it('switches the whole page, and keeps the choice', async () => {
    expect(s('sign.in')).toBe('登录')
    await speak('en')
    await nextTick()
    expect(s('sign.in')).toBe('Sign in')
    expect(document.documentElement.lang).toBe('en')
    expect(localStorage.getItem('baotu.language')).toBe('en')
    expect(language.value).toBe('en')
  })

  it('leaves a place open when there is no value for it', () => {
    expect(fill('剩 {span}，{other}', { span: '1 天' })).toBe('剩 1 天，{other}')
  })
})
