// The draft of a report, kept on this device until it is sent: its words here, its photos on the shelf.

import { ref, shallowRef } from 'vue'
import { newId } from '../../api/client'
import type { Category, FormValues, OpenRequest, PointPlace, Procedure } from '../../api/types'
import type { Photo } from '../../forms/photos'
import { r } from '../words'

const KEPT_AS = 'baotu.report'
/** Drafts of another shape than this are not read. */
const SHAPE = 2
/** Photos of one report. */
export const PHOTOS_MAX = 4

export type ChosenCategory = Pick<Category, 'code' | 'name' | 'path'>

export interface ReportDraft {
  /** The id that the case will have, so that sending twice opens one case. */
  id: string
  procedure: string
  title: string
  text: string
  kind: string
  category: ChosenCategory | null
  place: PointPlace | null
  /** Words beside the found address. */
  address: string
  form: Record<string, unknown>
  name: string
  phone: string
  confidential: boolean
  /** The keys of its photos on the shelf. */
  photos: string[]
}

/** The photos of the draft, for as long as the page is open; signing in on the way loses nothing. */
export const draftPhotos = shallowRef<Photo[]>([])
/** The step that was open last. */
export const stepAt = ref(0)

export function emptyDraft(procedure = ''): ReportDraft {
  return {
    id: newId(),
    procedure,
    title: '',
    text: '',
    kind: '',
    category: null,
    place: null,
    address: '',
    form: {},
    name: '',
    phone: '',
    confidential: false,
    photos: [],
  }
}

/** Whether there is anything in it that would be lost. */
export function isBegun(draft: ReportDraft): boolean {
  const written = [draft.title, draft.text].some((words) => words.trim() !== '')
  return written || draft.place !== null || draft.photos.length > 0
}

/** The kept draft; none when there is none, or it was kept by an older page. */
export function readDraft(storage: Pick<Storage, 'getItem'> = localStorage): ReportDraft | null {
  try {
    const kept: unknown = JSON.parse(storage.getItem(KEPT_AS) ?? 'null')
    if (typeof kept !== 'object' || kept === null || !('shape' in kept) || kept.shape !== SHAPE) return null
    const draft = { ...emptyDraft(), ...(kept as { draft?: Partial<ReportDraft> }).draft }
    return isBegun(draft) ? draft : null
  } catch {
    return null
  }
}

export function keepDraft(draft: ReportDraft, storage: Pick<Storage, 'setItem'> = localStorage): void {
  try {
    storage.setItem(KEPT_AS, JSON.stringify({ shape: SHAPE, draft }))
  } catch {
    // Storage is full or forbidden; the page still holds the draft.
  }
}

export function dropDraft(storage: Pick<Storage, 'removeItem'> = localStorage): void {
  try {
    storage.removeItem(KEPT_AS)
  } catch {
    // Nothing was kept then.
  }
}

export const STEPS = ['photos', 'place', 'matter', 'send'] as const
export type StepName = (typeof STEPS)[number]

const TITLE_CHARACTERS_MIN = 2
const PHONE = /^\+?[\d\s-]{5,20}$/

/** What stands in the way of leaving a step, by field. */
export function faultsOfStep(
  step: StepName,
  draft: ReportDraft,
  procedure: Pick<Procedure, 'needs_place'>,
): Record<string, string> {
  const faults: Record<string, string> = {}
  if (step === 'matter') {
    if ([...draft.title.trim()].length < TITLE_CHARACTERS_MIN) faults['title'] = r('report.need.title')
    if (!draft.category) faults['category'] = r('report.need.category')
  }
  if (step === 'place' && procedure.needs_place && !draft.place) faults['place'] = r('report.need.place')
  if (step === 'send' && draft.phone.trim() !== '' && !PHONE.test(draft.phone.trim())) {
    faults['phone'] = r('report.need.phone')
  }
  return faults
}

/** The channels by which a web page may come in, in order of preference; a pack names its own. */
const WEB_CHANNELS = ['网页', '网站']

/** The report as it is sent; `photos` are the ids of those sent before. */
export function requestOf(draft: ReportDraft, procedure: Procedure, photos: readonly string[]): OpenRequest {
  const channel = WEB_CHANNELS.find((name) => procedure.channels.includes(name))
  const words = [draft.place?.address, draft.address.trim()].filter((part) => part).join(' ')
  const contact = {
    ...(draft.name.trim() === '' ? {} : { name: draft.name.trim() }),
    ...(draft.phone.trim() === '' ? {} : { phone: draft.phone.replace(/[\s-]/g, '') }),
  }
  return {
    id: draft.id,
    procedure: procedure.name,
    category: draft.category?.code ?? '',
    title: draft.title.trim(),
    ...(draft.text.trim() === '' ? {} : { text: draft.text.trim() }),
    ...(draft.kind === '' ? {} : { kind: draft.kind }),
    ...(channel === undefined ? {} : { channel }),
    ...(draft.place === null ? {} : { place: { ...draft.place, ...(words === '' ? {} : { address: words }) } }),
    form: { ...(draft.form as FormValues), ...(photos.length === 0 ? {} : { photos: [...photos] }) },
    ...(Object.keys(contact).length === 0 ? {} : { contact }),
    ...(draft.confidential ? { confidential: true } : {}),
  }
}
