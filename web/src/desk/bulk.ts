// One act on several cases: what all of them offer, and what came of each.

import { Problem } from '../api/client'
import type { CaseView, FormValues, Offer } from '../api/types'
import { carryOut, newAttempt } from '../acts/offers'

/** Cases of one bulk act at most. */
export const BULK_MAX = 50

/** Names an offer among those of several cases: what it does and what has to be filled in. */
const keyOf = (offer: Offer): string => [offer.kind, offer.take, offer.form_name, offer.title].join(' ')

/** What every case offers once, as the first of them words it; a decision on a request stays with its case. */
export function commonOffers(cases: readonly CaseView[]): Offer[] {
  const [first, ...others] = cases
  if (!first) return []
  const once = (view: CaseView, offer: Offer): boolean =>
    view.offers.filter((other) => keyOf(other) === keyOf(offer)).length === 1
  return first.offers.filter(
    (offer) => offer.kind !== 'decide' && once(first, offer) && others.every((view) => once(view, offer)),
  )
}

export interface Result {
  view: CaseView
  state: 'waiting' | 'done' | 'failed'
  /** The new status, or why not. */
  words: string
  problem: Problem | null
}

export const resultOf = (view: CaseView): Result => ({ view, state: 'waiting', words: '', problem: null })

/** The key under which each case's request is sent, the same when it is sent again after no answer came. */
export class Attempts {
  #keys = new Map<string, string>()

  of(id: string): string {
    const known = this.#keys.get(id) ?? newAttempt()
    this.#keys.set(id, known)
    return known
  }

  /** A refusal is an answer: what is sent next is another attempt. */
  forget(id: string): void {
    this.#keys.delete(id)
  }
}

/** Carries one of the common offers out on a case: with its own task and version, under its own key. */
export async function carryOutOn(view: CaseView, common: Offer, form: FormValues, attempts: Attempts): Promise<Result> {
  const own = view.offers.find((offer) => keyOf(offer) === keyOf(common))
  if (!own) return { view, state: 'failed', words: '', problem: null }
  try {
    const decided = await carryOut(view, own, form, attempts.of(view.id))
    return { view, state: 'done', words: decided.status, problem: null }
  } catch (error) {
    const problem = error instanceof Problem ? error : new Problem(500, {})
    if (problem.status !== 0) attempts.forget(view.id)
    return { view, state: 'failed', words: problem.message, problem }
  }
}
