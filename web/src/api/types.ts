// What the services answer, as the screens read it: the generated types of the interface, with what its description
// leaves open (words of a closed list, forms) said here. Times are RFC 3339 in UTC, ids are UUIDs.

import type { components } from './schema.gen'

/** An answer as it is told: what is empty is `null`, never missing. */
type Told<T> = T extends readonly (infer Item)[]
  ? Told<Item>[]
  : T extends object
    ? { [Name in keyof T]-?: Told<Exclude<T[Name], undefined>> }
    : T

type Answer<Name extends keyof components['schemas']> = Told<components['schemas'][Name]>

/** An answer in which some fields are told more closely. */
type Closer<Name extends keyof components['schemas'], Fields> = Omit<Answer<Name>, keyof Fields> & Fields

export type Named = Answer<'Named'>
export type FieldProblem = Answer<'FieldProblem'>

/** `application/problem+json`; what it need not say may be missing. */
export type ProblemBody = components['schemas']['Problem']

export type Purpose = Answer<'PurposeView'>
export type City = Closer<
  'CityView',
  {
    centre: [number, number]
    /** West, south, east, north in CGCS2000 degrees. */
    bounds: [number, number, number, number]
  }
>
export type DemoAccount = Closer<'DemoAccount', { kind: 'resident' | 'official' }>
export type Demo = Closer<'DemoView', { accounts: DemoAccount[] }>
export type Post = Answer<'ShownPost'>
export type Session = Answer<'ShownSession'>
export type ProcedureStep = Answer<'StepEntry'>
export type ExitEntry = Closer<'ExitEntry', { form: FormSchema | null }>
export type Procedure = Closer<'ProcedureEntry', { form: FormSchema | null; entry_exits: ExitEntry[] }>
export type Category = Answer<'CategoryEntry'>

/** A field of a form: the part of JSON Schema 2020-12 that forms of a pack use. */
export interface FieldSchema {
  title?: string
  description?: string
  type?: string
  format?: string
  enum?: (string | number | boolean)[]
  const?: string | number | boolean
  minimum?: number
  maximum?: number
  minLength?: number
  maxLength?: number
  minItems?: number
  maxItems?: number
  pattern?: string
  items?: FieldSchema
  'x-widget'?: string
  /** Phrases that are offered while a text is written. */
  'x-phrases'?: string[]
}

export interface FormSchema {
  title?: string
  description?: string
  properties?: Record<string, FieldSchema>
  required?: string[]
}

export type FormValue = string | number | boolean | string[] | PointPlace | null | undefined
export type FormValues = Record<string, FormValue>

export interface PointPlace {
  lon: number
  lat: number
  address?: string
}

export type OpenRequest = Omit<components['schemas']['OpenCase'], 'id' | 'place' | 'form'> & {
  id: string
  place?: PointPlace
  form?: FormValues
}
export type NearCase = Answer<'NearCase'>
export type Due = Answer<'DueView'>
export type CaseStep = Answer<'StepView'>
export type Reporter = Answer<'ReporterView'>
export type Clock = Closer<'ClockView', { state: 'running' | 'paused' | 'ended' }>
export type Card = Closer<'CardView', { colour: 'yellow' | 'red' }>
export type Supervision = Answer<'SupervisionView'>
export type Party = Answer<'PartyView'>
export type CaseRequest = Closer<
  'RequestView',
  {
    state: 'asked' | 'granted' | 'refused' | 'withdrawn'
    form: FormValues
    decision_form: FormValues | null
  }
>
export type TimelineEntry = Closer<
  'TimelineView',
  { kind: 'open' | 'exit' | 'act' | 'request' | 'grant' | 'refuse' | 'clock'; form: FormValues | null }
>
export type Link = Closer<
  'LinkView',
  { kind: 'sub' | 'converted' | 'follow-on' | 'merged'; direction: 'to' | 'from' }
>

/** Something that the reader may do now. */
export interface Offer {
  kind: 'exit' | 'act' | 'request' | 'decide'
  take: string
  title: string
  task: string | null
  request: string | null
  to: string[]
  form: FormSchema | null
  form_name: string | null
  effects: string[]
  /** The last moment for it, where there is a limit. */
  until: string | null
  /** The limits that begin with it. */
  begins: BegunLimit[]
}

/** A limit that begins with what is offered. */
export interface BegunLimit {
  title: string
  limit: string
  source: string
  due_at: string
  provisional: boolean
}

export type CaseView = Closer<
  'CaseView',
  {
    form: FormValues
    clocks: Clock[]
    cards: Card[]
    requests: CaseRequest[]
    timeline: TimelineEntry[]
    links: Link[]
    offers: Offer[]
  }
>
export type Decided = Answer<'Acted'>
export type Joined = Answer<'Joined'>
export type Suggestion = Answer<'SuggestionView'>
export type CaseRow = Answer<'ListRow'>
/** A case that may be about the same; a row with why it is alike. */
export type SimilarCase = CaseRow & { metres: number | null; same_category: boolean; same_words: boolean }
export type CallerHistory = Answer<'CallerHistory'>
export type Knowledge = Answer<'Knowledge'>

export interface Rows<R> {
  rows: R[]
  next: string | null
}

/** What a list of cases is narrowed to; the names are those of the query. */
export type CaseFilter = Partial<
  Record<
    | 'queue'
    | 'procedure'
    | 'status'
    | 'step'
    | 'category'
    | 'level'
    | 'division'
    | 'unit'
    | 'overdue'
    | 'due_before'
    | 'opened_from'
    | 'opened_to'
    | 'mark'
    | 'open'
    | 'q'
    | 'after'
    | 'limit',
    string
  >
>

export type DayNumbers = Answer<'QueueNumbers'>
export type LiveNumbers = Answer<'LiveNumbers'>
export type LiveCase = Answer<'LiveCase'>
export type LiveCases = Answer<'LiveCases'>
export type LiveKind = 'open' | 'opened' | 'closed' | 'waiting' | 'overdue' | 'late' | 'alerts'
export type DayBrought = Answer<'DayBrought'>

/** Which part of the city is looked at; empty for all of it. */
export interface Part {
  system?: string
  district?: string
}

/** One message of `GET /api/live`. */
export type LiveMessage = Answer<'LiveMessage'>
export type Found = Answer<'Found'>
export type PlaceAt = Answer<'PlaceAt'>
export type Division = Answer<'Listed'>
export type Notice = Answer<'InboxItem'>

export type PackOverview = Answer<'PackView'>
export type PackProcedure = Answer<'PackProcedure'>
export type PackFunctions = Answer<'FunctionsView'>
export type PackGrants = Answer<'GrantsView'>
export type PackYear = Answer<'YearView'>
export type LimitTried = Answer<'LimitTried'>

export type Reading = Answer<'ReadingTold'>
export type Latest = Answer<'LatestTold'>
export type ThingFigure = Answer<'IndicatorTold'>
export type ThingState = 'in-use' | 'suspended' | 'retired'
export type ThingRow = Closer<'ThingRow', { state: ThingState }>
export type Thing = Closer<'ThingTold', { thing: ThingRow; attributes: Record<string, unknown> }>
export type ThingType = Answer<'TypeTold'>
export type Mishap = Answer<'MishapTold'>
export type CommandTold = Closer<'CommandTold', { result: unknown }>
export type Series = Answer<'SeriesTold'>
export type Registered = Closer<'RegisteredTold', { thing: ThingRow }>
export type NewThing = Omit<components['schemas']['NewThingBody'], 'attributes'> & {
  attributes?: Record<string, unknown>
}
export type ThingChange = components['schemas']['ChangeBody']
export type ThingMap = Answer<'ThingMap'>
/** What a list of things is narrowed to; the names are those of the query. */
export type ThingFilter = Partial<Record<'kind' | 'unit' | 'division' | 'state' | 'online' | 'q' | 'after', string>>
export type OriginCase = Answer<'OriginCase'>

export type Alarm = Answer<'AlarmView'>
export type AlarmLimit = Answer<'LimitTold'>
export type AlarmIndicators = Answer<'Indicators'>
export type Storm = Answer<'StormView'>
export type Rule = Answer<'RuleView'>
export type Replayed = Answer<'ReplayAnswer'>
export type ThingMark = Answer<'ThingMark'>
export type PublicAlarms = Answer<'PublicAlarms'>
export type PublicAlarm = Answer<'PublicAlarm'>
/** What a list of alarms is narrowed to; the names are those of the query. */
export type AlarmFilter = Partial<
  Record<'open' | 'thing' | 'rule' | 'storm' | 'thing_type' | 'level' | 'since' | 'until' | 'after', string>
>
