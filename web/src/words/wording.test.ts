// How the screens speak: short sentences of one language, without slang, to a resident as 您 and to no official.

import { describe, expect, it } from 'vitest'
import desk from './desk.zh'
import deskEn from './desk.en'
import pack from './desk.pack.zh'
import packEn from './desk.pack.en'
import sensing from './sensing.zh'
import sensingEn from './sensing.en'
import things from './desk.things.zh'
import thingsEn from './desk.things.en'
import air from './resident.air.zh'
import airEn from './resident.air.en'
import resident from './resident.zh'
import residentEn from './resident.en'
import screen from './screen.zh'
import screenEn from './screen.en'
import shared from './shared.zh'
import sharedEn from './shared.en'

/** Chinese characters of a sentence at most. */
const SENTENCE_MAX = 25
/** What is written on keys, and the names of rights, in any language. */
const KEYS = /\b(Enter|Esc|Tab|Ctrl)\b|（[a-z]+\.[a-z-]+）/g

const faces = { shared, sensing, resident, air, desk, pack, things, screen }
const facesEn = {
  shared: sharedEn,
  sensing: sensingEn,
  resident: residentEn,
  air: airEn,
  desk: deskEn,
  pack: packEn,
  things: thingsEn,
  screen: screenEn,
}

/** The messages of all faces, without what is filled in and but for the other language's own name. */
const messages = (all: Record<string, Record<string, string>>): [string, string][] =>
  Object.entries(all).flatMap(([face, words]) =>
    Object.entries(words)
      .filter(([key]) => key !== 'language.other')
      .map(([key, message]): [string, string] => [`${face}: ${key}`, message.replace(/\{\w+\}/g, '')]),
  )
const amiss = (all: Record<string, Record<string, string>>, wrong: (message: string) => boolean): [string, string][] =>
  messages(all).filter(([, message]) => wrong(message))

describe('Chinese', () => {
  it('has no English in it, but for the names of keys and rights', () => {
    expect(amiss(faces, (message) => /[A-Za-z]{2,}/.test(message.replace(KEYS, '')))).toEqual([])
  })

  it('names the act and never says 确定, shouts or talks down', () => {
    expect(amiss(faces, (message) => /确定|OK|！|!|亲|系统异常|你/.test(message))).toEqual([])
  })

  it('has no pronoun at the desk', () => {
    expect(amiss({ sensing, desk, pack, things }, (message) => message.includes('您'))).toEqual([])
  })

  it('has full-width punctuation, and a space between characters and letters or digits', () => {
    const half = /\p{Script=Han}[,;:?()]|[,;:?()]\p{Script=Han}/u
    const close = /\p{Script=Han}[A-Za-z0-9]|[A-Za-z0-9]\p{Script=Han}/u
    expect(amiss(faces, (message) => half.test(message) || close.test(message))).toEqual([])
  })

  it('speaks in short sentences', () => {
    const long = (sentence: string): boolean => (sentence.match(/\p{Script=Han}/gu) ?? []).length > SENTENCE_MAX
    expect(amiss(faces, (message) => message.split(/[。？]/).some(long))).toEqual([])
  })
})

describe('English', () => {
  it('has no Chinese in it', () => {
    expect(amiss(facesEn, (message) => /\p{Script=Han}/u.test(message))).toEqual([])
  })
})
