// Reports that wait for a network: sent one after the other once there is one and somebody is signed in. Each carries
// the id under which it was written, so that one whose answer was lost is not opened twice.

import { computed, ref, shallowRef, watch } from 'vue'
import { api, Problem } from '../api/client'
import { sendPhotos } from '../forms/photos'
import { problemFrom } from '../kit/load'
import { online } from '../kit/online'
import { begin, session, unanswered } from '../session'
import { dropPhotos, dropReport, keepReport, photosOf, type WaitingReport, waitingReports } from './shelf'

/** A service that could not take a report is asked again after this, in milliseconds. */
const AGAIN_MILLIS = 30_000

const reports = shallowRef<WaitingReport[]>([])
/** Numbers of what was sent while this page is open. */
export const sentNumbers = ref<string[]>([])
export const sending = ref(false)

/** What still waits for a network, and what the service had something against. */
export const waiting = computed(() => reports.value.filter((report) => report.refused === null))
export const refused = computed(() => reports.value.filter((report) => report.refused !== null))

/** Puts a report into the outbox; false where this device keeps nothing. */
export async function enqueue(report: Omit<WaitingReport, 'since' | 'refused'>): Promise<boolean> {
  const kept = await keepReport({ ...report, since: Date.now(), refused: null })
  await reread()
  return kept
}

/** Takes a report back to be written on. */
export async function takeBack(id: string): Promise<void> {
  await dropReport(id)
  await reread()
}

async function reread(): Promise<void> {
  reports.value = await waitingReports()
}

/** Sends what waits; stops at the first one without an answer. */
export async function sendWaiting(): Promise<void> {
  if (sending.value || !online.value) return
  sending.value = true
  try {
    for (const report of [...waiting.value]) await sendOne(report)
  } catch (error) {
    const problem = problemFrom(error)
    // The account was signed out meanwhile; the page then asks to sign in.
    if (problem.status === 401) session.value = null
    if (problem.status === 0) unanswered(problem)
  }
  sending.value = false
}

/** Throws where there was no answer that settles it. */
async function sendOne(report: WaitingReport): Promise<void> {
  try {
    const ids = await sendPhotos(await photosOf(report.photos))
    const { form, ...request } = report.request
    const photos = ids.length === 0 ? {} : { photos: ids }
    const opened = await api.openCase({ ...request, form: { ...form, ...photos } })
    sentNumbers.value = [...sentNumbers.value, opened.number]
    await dropReport(report.id)
    await dropPhotos(report.photos)
  } catch (error) {
    if (!isRefusal(error)) throw error
    await keepReport({ ...report, refused: [error.message, ...error.fields.map((field) => field.detail)].join(' ') })
  }
  await reread()
}

/** An answer that stays the same however often it is asked for. */
function isRefusal(error: unknown): error is Problem {
  return error instanceof Problem && error.status >= 400 && error.status < 500 && ![401, 408, 425, 429].includes(error.status)
}

/** Begins to look after the outbox; called once by the page. */
export function runOutbox(): void {
  void reread()
  // What could not be asked without a network is asked once there is one.
  addEventListener('online', () => void begin())
  watch(
    () => online.value && session.value !== null && waiting.value.length > 0,
    (able) => {
      if (able) void sendWaiting()
    },
    { immediate: true },
  )
  setInterval(() => {
    if (session.value !== null && waiting.value.length > 0) void sendWaiting()
  }, AGAIN_MILLIS)
}
