// The script of a call-back: the questions that a form asks, and which of the ways on the answers lead to.

import type { CaseView, Offer } from '../api/types'

export const QUESTIONS = ['contacted', 'solved', 'satisfied'] as const
export type Question = (typeof QUESTIONS)[number]
export type Answers = Partial<Record<Question, boolean>>

export interface Ways {
  /** What fits the answers. */
  fitting: Offer[]
  /** What else the procedure offers with the same questions. */
  others: Offer[]
}

const asks = (offer: Offer): boolean =>
  offer.kind === 'exit' &&
  offer.effects.includes('call-back') &&
  QUESTIONS.every((name) => name in (offer.form?.properties ?? {}))

/** The exits that a call-back can end in; none when this is no call-back. */
export const callBacks = (view: CaseView): Offer[] => view.offers.filter(asks)

/** What can be recorded when nobody answered: the acts that count, and exits that say so. */
export function missedCalls(view: CaseView): Offer[] {
  return view.offers.filter(
    (offer) =>
      (offer.kind === 'act' && offer.effects.length === 1 && offer.effects[0] === 'count') ||
      (offer.kind === 'exit' && 'unreachable' in (offer.form?.properties ?? {})),
  )
}

/** How often nobody answered so far. */
export function missedSoFar(view: CaseView): number {
  const takes = new Set(missedCalls(view).map((offer) => offer.take))
  const counted = view.timeline.filter((entry) => entry.kind === 'act' && takes.has(entry.take)).length
  return counted + view.callbacks.filter((one) => one.unreachable).length
}

/** The question to ask next; null when all are answered. */
export const nextQuestion = (answers: Answers): Question | null =>
  QUESTIONS.find((name) => answers[name] === undefined) ?? null

/** Solved and satisfied leads on; anything else leads to another round, when the procedure has one. */
export function waysOf(offers: readonly Offer[], answers: Answers): Ways {
  const well = QUESTIONS.every((name) => answers[name] === true)
  const again = (offer: Offer): boolean => offer.effects.includes('redo')
  const fits = (offer: Offer): boolean => again(offer) !== well
  return { fitting: offers.filter(fits), others: offers.filter((offer) => !fits(offer)) }
}

/** Whether a form asks for no more than the questions and words: it can be sent from the script itself. */
export function isShort(offer: Offer): boolean {
  const known: readonly string[] = [...QUESTIONS, 'remark']
  return Object.keys(offer.form?.properties ?? {}).every((name) => known.includes(name))
}
