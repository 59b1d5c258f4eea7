// A request as it is told on the telephone: what is filled in, kept on this device until it is saved, and what is sent.

import { newId } from '../api/client'
import type { FormValues, OpenRequest, PointPlace, Procedure } from '../api/types'

const KEPT_AS = 'baotu.intake'
/** Drafts of another shape than this are not read. */
const SHAPE = 1
/** Channels by which somebody calls, the first that a procedure knows. */
const CALLED = ['电话', '来电']

export interface IntakeDraft {
  /** The id that the case will have, so that saving twice opens one case. */
  id: string
  procedure: string
  phone: string
  name: string
  confidential: boolean
  kind: string
  level: string
  title: string
  text: string
  category: { code: string; name: string } | null
  place: PointPlace | null
  /** What else the intake form asks for. */
  form: Record<string, unknown>
}

export function emptyIntake(procedure = ''): IntakeDraft {
  return {
    id: newId(),
    procedure,
    phone: '',
    name: '',
    confidential: false,
    kind: '',
    level: '',
    title: '',
    text: '',
    category: null,
    place: null,
    form: {},
  }
}

/** Whether there is anything in it that would be lost. */
export const isBegun = ({ phone, name, title, text, category, place }: IntakeDraft): boolean =>
  [phone, name, title, text].some((words) => words.trim() !== '') || category !== null || place !== null

/** The kept draft; none when there is none, or it was kept by an older page. Whose telephone it is is not kept. */
export function readIntake(storage: Pick<Storage, 'getItem'> = sessionStorage): IntakeDraft | null {
  try {
    const kept: unknown = JSON.parse(storage.getItem(KEPT_AS) ?? 'null')
    if (typeof kept !== 'object' || kept === null || !('shape' in kept) || kept.shape !== SHAPE) return null
    const draft = { ...emptyIntake(), ...(kept as { draft?: Partial<IntakeDraft> }).draft }
    return isBegun(draft) ? draft : null
  } catch {
    return null
  }
}

/** Keeps the draft for this tab, without the person: shared machines must not remember callers. */
export function keepIntake(draft: IntakeDraft, storage: Pick<Storage, 'setItem' | 'removeItem'> = sessionStorage): void {
  try {
    if (!isBegun(draft)) return storage.removeItem(KEPT_AS)
    const { phone: _phone, name: _name, form: _form, ...rest } = draft
    storage.setItem(KEPT_AS, JSON.stringify({ shape: SHAPE, draft: rest }))
  } catch {
    // Storage can be full or forbidden; then the draft lives as long as the page.
  }
}

/** What is missing before it can be saved, by field. */
export function missingIn(draft: IntakeDraft, procedure: Procedure | undefined): ('title' | 'category' | 'kind' | 'place')[] {
  const missing: ('title' | 'category' | 'kind' | 'place')[] = []
  if (draft.title.trim() === '') missing.push('title')
  if (draft.category === null) missing.push('category')
  if (procedure && procedure.kinds.length > 0 && draft.kind === '') missing.push('kind')
  if (procedure?.needs_place && draft.place === null) missing.push('place')
  return missing
}

/** A title from the first sentence of the words, until somebody writes a better one. */
export function titleFrom(text: string, most = 30): string {
  const first = text.trim().split(/[。！？；\n]/u)[0] ?? ''
  return [...first.trim()].slice(0, most).join('')
}

/** What is sent to open the case. */
export function openingOf(draft: IntakeDraft, procedure: Procedure | undefined, form: FormValues): OpenRequest {
  const channel = CALLED.find((one) => procedure?.channels.includes(one))
  const contact = {
    ...(draft.name.trim() === '' ? {} : { name: draft.name.trim() }),
    ...(draft.phone.trim() === '' ? {} : { phone: draft.phone.trim() }),
  }
  return {
    id: draft.id,
    procedure: draft.procedure,
    category: draft.category?.code ?? '',
    title: draft.title.trim(),
    text: draft.text.trim(),
    ...(draft.level === '' ? {} : { level: draft.level }),
    ...(draft.kind === '' ? {} : { kind: draft.kind }),
    ...(channel === undefined ? {} : { channel }),
    ...(draft.place ? { place: draft.place } : {}),
    ...(Object.keys(contact).length > 0 ? { contact } : {}),
    confidential: draft.confidential,
    form,
  }
}

/** A part of the words for people: a heading and what stands below it. */
export interface Passage {
  heading: string
  lines: string[]
}

/** The passages of a system's Markdown, without the marks. */
export function passagesOf(markdown: string): Passage[] {
  const passages: Passage[] = []
  for (const raw of markdown.split('\n')) {
    const line = raw.trim()
    const heading = /^#{2,6}\s+(.*)$/u.exec(line)?.[1]
    if (heading !== undefined) passages.push({ heading, lines: [] })
    else if (line !== '' && !line.startsWith('# ')) passages[passages.length - 1]?.lines.push(line.replace(/^[-*]\s+/u, ''))
  }
  return passages
}
