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

/** Asks for all three at the start; a page can show itself before that. */
export async function begin(): Promise<void> {
  try {
    // The city is known on its own, for a page that is kept on the device has it without a network too.
    const known = api.city().then((place) => (city.value = place))
    const [asked, play] = await Promise.all([api.session(), api.demo(), known])
    session.value = asked
    demo.value = play
    if (play) setClock(play.now, play.speed)
    trouble.value = null
  } catch (error) {
    trouble.value = error instanceof Problem ? error : new Problem(500, {})
  }
  settled.value = true
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
  session.value = null
}

function take(fresh: Session): Session {
  session.value = fresh
  return fresh
}
