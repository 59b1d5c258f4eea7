// Which colour goes with a word of the city, and that word in the reader's language.

import { s } from '../words/shared'

export type Tone = 'ok' | 'warn' | 'bad' | 'active' | ''

/** The public words of a case's status: the services know no others. */
const STATUS = {
  待受理: ['status.acceptance', ''],
  待派遣: ['status.dispatch', ''],
  处置中: ['status.handling', 'active'],
  待核查: ['status.check', 'active'],
  待回访: ['status.callBack', 'active'],
  已办结: ['status.closed', 'ok'],
  已退回: ['status.returned', ''],
  已撤回: ['status.withdrawn', ''],
  挂起: ['status.paused', 'warn'],
} as const satisfies Record<string, readonly [Parameters<typeof s>[0], Tone]>

const LEVEL: Record<string, Tone> = { 紧急: 'warn', 重大: 'bad' }

const known = (status: string): status is keyof typeof STATUS => status in STATUS

export const toneOf = (status: string): Tone => (known(status) ? STATUS[status][1] : '')
export const statusWord = (status: string): string => (known(status) ? s(STATUS[status][0]) : status)
export const toneOfLevel = (level: string): Tone => LEVEL[level] ?? ''
