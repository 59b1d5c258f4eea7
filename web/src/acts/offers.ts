// What an actor may do with a case, put in the order in which a page offers it. What may be done the procedure
// says; nothing is added here.

import type { CaseView, Offer } from '../api/types'
import { api, newId } from '../api/client'
import type { Decided, FormValues } from '../api/types'

export interface OfferGroups {
  /** Ways out of the step: what moves the case on. */
  exits: Offer[]
  /** Requests of others that wait for a decision. */
  decisions: Offer[]
  /** Requests that can be made. */
  requests: Offer[]
  /** Acts that leave the case where it is, or end it early. */
  acts: Offer[]
}

export function groupsOf(offers: readonly Offer[]): OfferGroups {
  const of = (kind: Offer['kind']): Offer[] => offers.filter((offer) => offer.kind === kind)
  return { exits: of('exit'), decisions: of('decide'), requests: of('request'), acts: of('act') }
}

/** Names an offer among those of one case. */
export const keyOf = (offer: Offer): string => [offer.kind, offer.take, offer.task, offer.request].join(' ')

/** Names the form that is filled in: two exits with one form share what was typed. */
export const formKeyOf = (offer: Offer): string => [offer.kind, offer.form_name ?? offer.take, offer.request].join(' ')

/** Carries an offer out. `id` names this attempt, so that sending it again does it once. */
export function carryOut(
  { id, version }: Pick<CaseView, 'id' | 'version'>,
  offer: Offer,
  form: FormValues,
  attempt: string,
  grant = true,
): Promise<Decided> {
  if (offer.kind === 'decide' && offer.request !== null) {
    return api.decideRequest(id, offer.request, { grant, version, form }, attempt)
  }
  if (offer.kind === 'request') return api.request(id, { request: offer.take, version, form }, attempt)
  const task = offer.task === null ? {} : { task: offer.task }
  return api.decide(id, { take: offer.take, ...task, version, form, id: attempt })
}

export { newId as newAttempt }
