// Who is signed in, which city this is, and whether it is a demo: known once for the whole page.

import { ref, shallowRef } from 'vue'
import { api, Problem } from './api/client'
import type { City, Demo, Session } from './api/types'
import { setClock } from './time/city'

export const session = shallowRef<Session | null>(null)
export const city = shallowRef<City | null>(null)
export const demo = shallowRef<Demo | null>(null)
/** Whether it is known yet who is signed in. */
export const settled = ref(false)
export const trouble = shallowRef<Problem | null>(null)

/** Where nobody answers it is asked again after this, in milliseconds. */
const AGAIN_MILLIS = 5_000
let again: ReturnType<typeof setTimeout> | undefined
/** How often somebody has signed in or out here: what was asked before that knows nothing of it. */
let turns = 0

/** Asks for all three at the start, and again until they are answered; a page can show itself before that. */
export async function begin(): Promise<void> {
  clearTimeout(again)
  const turn = turns
  try {
    // The city is known on its own, for a page that is kept on the device has it without a network too.
    const known = api.city().then((place) => (city.value = place))
    const [asked, play] = await Promise.all([api.session(), api.demo(), known])
    if (turn === turns) session.value = asked
    demo.value = play
    if (play) setClock(play.now, play.speed)
    trouble.value = null
  } catch (error) {
    unanswered(error instanceof Problem ? error : new Problem(500, {}))
  }
  settled.value = true
}

/** Tells that nobody answers, and asks again in a while. */
export function unanswered(problem: Problem): void {
  trouble.value = problem
  clearTimeout(again)
  again = setTimeout(() => void begin(), AGAIN_MILLIS)
}

export async function signIn(user: string, password: string): Promise<Session> {
  return take(await api.signIn(user, password))
}

export async function register(person: { user: string; password: string; name: string; phone?: string }): Promise<void> {
  take(await api.register(person))
}

export async function choosePost(code: string | null): Promise<void> {
  take(await api.choosePost(code))
}

/** Ends the session here and at the service; a session that has ended there already is as good. */
export async function signOut(): Promise<void> {
  await api.signOut().catch((error: unknown) => {
    if (!(error instanceof Problem && error.status === 401)) throw error
  })
  turns += 1
  session.value = null
}

function take(fresh: Session): Session {
  turns += 1
  session.value = fresh
  return fresh
}
