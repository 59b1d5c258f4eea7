// Forms of a pack as fields that a page can draw, and the same checks as the service makes, told at the field.
// Knows the part of JSON Schema 2020-12 that packs use; what it does not know the service still checks.

import type { FieldSchema, FormSchema } from '../api/types'
import { s } from '../words/shared'

/** The ways in which a field is drawn. */
const WIDGETS = [
  'text',
  'textarea',
  'choice',
  'photos',
  'unit',
  'units',
  'category',
  'case',
  'place',
  'amount',
  'date',
] as const
export type Widget = (typeof WIDGETS)[number]

/** Texts longer than this get a field of several lines when the pack does not say. */
const LINE_CHARACTERS_MAX = 120

export interface Option {
  value: string | number | boolean
  label: string
}

export interface Field {
  name: string
  title: string
  hint: string
  widget: Widget
  needed: boolean
  options: Option[]
  /** Phrases that are offered while a text is written. */
  phrases: string[]
  schema: FieldSchema
}

/** What is being filled in; photos are still files here, and become ids when they are sent. */
export type Draft = Record<string, unknown>

/** The fields in the order of the pack, without those that the page fills in itself. */
export function fieldsOf(form: FormSchema | null, without: readonly string[] = []): Field[] {
  const needed = form?.required ?? []
  return Object.entries(form?.properties ?? {})
    .filter(([name]) => !without.includes(name))
    .map(([name, schema]) => ({
      name,
      title: schema.title ?? name,
      hint: schema.description ?? '',
      widget: widgetOf(schema),
      needed: needed.includes(name),
      options: optionsOf(schema),
      phrases: schema['x-phrases'] ?? [],
      schema,
    }))
    .map((field) => (isGrade(field) ? { ...field, widget: 'choice' as const, options: gradeOptions(), hint: '' } : field))
}

function widgetOf(schema: FieldSchema): Widget {
  const named = WIDGETS.find((widget) => widget === schema['x-widget'])
  if (named) return named
  if (schema.type === 'boolean' || schema.enum || schema.const !== undefined) return 'choice'
  if (schema.type === 'integer' || schema.type === 'number') return 'amount'
  if (schema.type === 'array') return schema.items?.format === 'uuid' ? 'photos' : 'units'
  if (schema.format === 'date') return 'date'
  return (schema.maxLength ?? 0) > LINE_CHARACTERS_MAX ? 'textarea' : 'text'
}

function optionsOf(schema: FieldSchema): Option[] {
  const yesOrNo = (value: boolean): Option => ({ value, label: s(value ? 'form.yes' : 'form.no') })
  const option = (value: string | number | boolean): Option =>
    typeof value === 'boolean' ? yesOrNo(value) : { value, label: String(value) }
  if (schema.const !== undefined) return [option(schema.const)]
  if (schema.enum) return schema.enum.map(option)
  return schema.type === 'boolean' ? [yesOrNo(true), yesOrNo(false)] : []
}

/** The five grades of a rating are chosen by their words, not typed as numbers. */
function isGrade({ name, schema }: Field): boolean {
  return name === 'grade' && schema.type === 'integer' && schema.minimum === 1 && schema.maximum === 5
}

function gradeOptions(): Option[] {
  return ([5, 4, 3, 2, 1] as const).map((value) => ({ value, label: s(`grade.${value}`) }))
}

function isEmpty(value: unknown): boolean {
  return (
    value === undefined ||
    value === null ||
    (typeof value === 'string' && value.trim() === '') ||
    (Array.isArray(value) && value.length === 0)
  )
}

/** What is wrong, by field; nothing when the form can be sent. */
export function faultsOf(fields: readonly Field[], draft: Draft): Record<string, string> {
  const faults: Record<string, string> = {}
  for (const field of fields) {
    const fault = faultOf(field, draft[field.name])
    if (fault !== null) faults[field.name] = fault
  }
  return faults
}

function faultOf({ title, needed, schema, widget }: Field, value: unknown): string | null {
  if (isEmpty(value)) return needed ? s('form.needed', { field: title }) : null
  if (Array.isArray(value)) {
    const most = schema.maxItems
    return most !== undefined && value.length > most ? s('form.tooMany', { field: title, n: most }) : null
  }
  if (widget === 'amount') return numberFault(title, schema, Number(value))
  if (typeof value !== 'string') return null
  // Characters as people count them, not UTF-16 units: the service counts the same way.
  const length = [...value.trim()].length
  if (schema.minLength !== undefined && length < schema.minLength) {
    return s('form.tooShort', { field: title, n: schema.minLength })
  }
  if (schema.maxLength !== undefined && length > schema.maxLength) {
    return s('form.tooLong', { field: title, n: schema.maxLength })
  }
  const pattern = schema.pattern === undefined ? null : new RegExp(schema.pattern, 'u')
  return pattern && !pattern.test(value.trim()) ? s('form.pattern', { field: title }) : null
}

function numberFault(title: string, schema: FieldSchema, value: number): string | null {
  if (!Number.isFinite(value) || (schema.type === 'integer' && !Number.isInteger(value))) {
    return s('form.notNumber', { field: title })
  }
  const [from, to] = [schema.minimum ?? -Infinity, schema.maximum ?? Infinity]
  return value < from || value > to ? s('form.range', { field: title, from, to }) : null
}

/** The form as it is sent: trimmed, numbers as numbers, and nothing that was left empty. */
export function filledIn(fields: readonly Field[], draft: Draft): Draft {
  const filled: Draft = {}
  for (const { name, widget } of fields) {
    const value = draft[name]
    if (isEmpty(value)) continue
    filled[name] = widget === 'amount' ? Number(value) : typeof value === 'string' ? value.trim() : value
  }
  return filled
}

/** A text with a phrase put at its end; the same phrase is not put twice. */
export function withPhrase(text: unknown, phrase: string): string {
  const written = typeof text === 'string' ? text.trimEnd() : ''
  return written.includes(phrase) ? written : written + phrase
}
