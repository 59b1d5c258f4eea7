-- What the engine of cases keeps. One row per case holds its whole state (`run`); the columns beside it are those by
-- which cases are listed, counted and woken. Flags are 0 or 1, times are microseconds since 1970 UTC.

-- steps: the open ones, between blanks. district: the first six digits of the division. open: 0 once the case has ended. next_clock_at: when time itself must act next.
-- place_tile: the square of about a
-- kilometre it lies in. contact: sealed by access, for whoever gives a purpose; never part of `run`.
-- contact_index: the blind index of its telephone, so that a caller's earlier cases are found without opening any.
CREATE TABLE cases_case (
    id TEXT NOT NULL PRIMARY KEY,
    number TEXT NOT NULL UNIQUE,
    procedure TEXT NOT NULL,
    status TEXT NOT NULL,
    steps TEXT NOT NULL,
    open BIGINT NOT NULL,
    category TEXT NOT NULL,
    level TEXT,
    kind TEXT,
    channel TEXT,
    title TEXT NOT NULL,
    division TEXT,
    district TEXT,
    lon DOUBLE PRECISION,
    lat DOUBLE PRECISION,
    place_tile BIGINT,
    lead_unit TEXT,
    intake_unit TEXT,
    reporter TEXT,
    confidential BIGINT NOT NULL,
    opened_at BIGINT NOT NULL,
    dispatched_at BIGINT,
    contacted_at BIGINT,
    resolved_at BIGINT,
    closed_at BIGINT,
    due_at BIGINT,
    on_time BIGINT,
    provisional BIGINT NOT NULL,
    warned_at BIGINT,
    overdue_at BIGINT,
    next_clock_at BIGINT,
    outcome TEXT,
    contacted BIGINT,
    solved BIGINT,
    satisfied BIGINT,
    grade BIGINT,
    extensions BIGINT NOT NULL,
    returns BIGINT NOT NULL,
    transfers BIGINT,
    redone BIGINT NOT NULL,
    supervisions BIGINT NOT NULL,
    excluded BIGINT NOT NULL,
    source TEXT,
    source_id TEXT,
    contact BYTEA,
    contact_index TEXT,
    run JSONB NOT NULL,
    version BIGINT NOT NULL
);

-- The newest first, and what was opened in a span of time, by district and procedure.
CREATE INDEX cases_case_opened ON cases_case (opened_at, id, division, district, procedure);

-- The newest of a procedure, also in one division.
CREATE INDEX cases_case_procedure ON cases_case (procedure, opened_at, id, division);

-- The newest of a public status, also in one division.
CREATE INDEX cases_case_status ON cases_case (procedure, status, opened_at, id, division);

-- The newest of a category.
CREATE INDEX cases_case_category ON cases_case (procedure, category, opened_at, id);

-- The newest of those of a procedure that go on, with what they are mostly asked for.
CREATE INDEX cases_case_going ON cases_case (open, procedure, opened_at, id, division, status, level, due_at, steps,
    supervisions, warned_at, overdue_at) WHERE open = 1;

-- The newest of those of a level that go on.
CREATE INDEX cases_case_level ON cases_case (open, procedure, level, opened_at, id) WHERE open = 1;

-- What was closed in a span of time, and whether it was on time.
CREATE INDEX cases_case_closed ON cases_case (closed_at, district, procedure, on_time) WHERE closed_at IS NOT NULL;

-- What time must act on next.
CREATE INDEX cases_case_clock ON cases_case (next_clock_at) WHERE next_clock_at IS NOT NULL;

-- Whose due time changes when a year's holidays are announced.
CREATE INDEX cases_case_provisional ON cases_case (id) WHERE provisional = 1;

-- A person's own cases.
CREATE INDEX cases_case_reporter ON cases_case (reporter, opened_at, id) WHERE reporter IS NOT NULL;

-- What one telephone has asked for.
CREATE INDEX cases_case_contact ON cases_case (contact_index, opened_at, id) WHERE contact_index IS NOT NULL;

-- What was reported near a place lately.
CREATE INDEX cases_case_place ON cases_case (place_tile, opened_at) WHERE place_tile IS NOT NULL;

-- An imported case is known by its source and its number there.
CREATE UNIQUE INDEX cases_case_source ON cases_case (source, source_id) WHERE source IS NOT NULL;

-- How a case stood between two decisions, as far as the live page shows it, so that the page can be asked for any moment
-- of the last weeks. since: from then on. until: no longer from then on; the end of time for how it stands now.
CREATE TABLE cases_standing (
    case_id TEXT NOT NULL,
    version BIGINT NOT NULL,
    since BIGINT NOT NULL,
    until BIGINT NOT NULL,
    open BIGINT NOT NULL,
    procedure TEXT NOT NULL,
    district TEXT,
    status TEXT NOT NULL,
    level TEXT NOT NULL,
    supervised BIGINT NOT NULL,
    confidential BIGINT NOT NULL,
    opened_at BIGINT NOT NULL,
    due_at BIGINT,
    closed_at BIGINT,
    on_time BIGINT,
    lon DOUBLE PRECISION,
    lat DOUBLE PRECISION,
    PRIMARY KEY (case_id, version)
);

-- What was open at a moment: all that is counted of it, so that the rows need not be read.
CREATE INDEX cases_standing_open ON cases_standing
    (until, since, district, procedure, status, level, opened_at, due_at, supervised) WHERE open = 1;

-- What had been closed on a day by a moment of it.
CREATE INDEX cases_standing_closed ON cases_standing
    (closed_at, since, until, district, procedure, opened_at, on_time) WHERE open = 0;

-- What has served its time.
CREATE INDEX cases_standing_until ON cases_standing (until) WHERE until < 9223372036854775807;

-- The units that a case concerns or has concerned (lead, co-handling, holder of a task, intake), to list their cases.
CREATE TABLE cases_concern (
    unit TEXT NOT NULL,
    procedure TEXT NOT NULL,
    opened_at BIGINT NOT NULL,
    case_id TEXT NOT NULL,
    PRIMARY KEY (unit, opened_at, case_id)
);

-- The newest of one procedure: a unit may be concerned by all cases of one, and by few of another.
CREATE INDEX cases_concern_procedure ON cases_concern (unit, procedure, opened_at, case_id);

-- A step that somebody holds or has held. unit: empty when any unit whose post has the role may work on it.
-- due_key: due_at, or the end of time when there is none, so that what is due first comes first.
CREATE TABLE cases_task (
    id TEXT NOT NULL PRIMARY KEY,
    case_id TEXT NOT NULL,
    procedure TEXT NOT NULL,
    step TEXT NOT NULL,
    role TEXT NOT NULL,
    unit TEXT NOT NULL,
    person TEXT,
    since BIGINT NOT NULL,
    due_at BIGINT,
    due_key BIGINT NOT NULL,
    ended_at BIGINT,
    open BIGINT NOT NULL
);

CREATE INDEX cases_task_queue ON cases_task (unit, role, due_key, id) WHERE open = 1;

CREATE INDEX cases_task_person ON cases_task (person, due_key, id) WHERE open = 1 AND person IS NOT NULL;

-- Every decision, appended and never changed: who, when, what, on which form and declaration.
CREATE TABLE cases_decision (
    id TEXT NOT NULL PRIMARY KEY,
    case_id TEXT NOT NULL,
    version BIGINT NOT NULL,
    ordinal BIGINT NOT NULL,
    at BIGINT NOT NULL,
    actor TEXT NOT NULL,
    kind TEXT NOT NULL,
    take TEXT NOT NULL,
    record JSONB NOT NULL
);

CREATE UNIQUE INDEX cases_decision_case ON cases_decision (case_id, version, ordinal);

-- What was asked for and is decided by somebody else.
CREATE TABLE cases_request (
    id TEXT NOT NULL PRIMARY KEY,
    case_id TEXT NOT NULL,
    procedure TEXT NOT NULL,
    name TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('asked', 'granted', 'refused', 'withdrawn')),
    role TEXT NOT NULL,
    unit TEXT NOT NULL,
    asked_at BIGINT NOT NULL,
    decided_at BIGINT
);

CREATE INDEX cases_request_queue ON cases_request (unit, role, asked_at, id) WHERE state = 'asked';

-- Numbered supervisions (督办).
CREATE TABLE cases_supervision (
    id TEXT NOT NULL PRIMARY KEY,
    case_id TEXT NOT NULL,
    number TEXT NOT NULL UNIQUE,
    unit TEXT,
    manner TEXT,
    at BIGINT NOT NULL
);

CREATE INDEX cases_supervision_at ON cases_supervision (at);

-- from_id: the case that the link was made in. kind: sub, converted, follow-on, merged (from_id joined to to_id).
CREATE TABLE cases_link (
    from_id TEXT NOT NULL,
    to_id TEXT NOT NULL,
    kind TEXT NOT NULL,
    at BIGINT NOT NULL,
    PRIMARY KEY (from_id, to_id, kind)
);

CREATE INDEX cases_link_to ON cases_link (to_id);

-- Photos; case_id is empty until a case names the photo.
CREATE TABLE cases_photo (
    id TEXT NOT NULL PRIMARY KEY,
    digest TEXT NOT NULL,
    length BIGINT NOT NULL,
    media_type TEXT NOT NULL,
    uploader TEXT NOT NULL,
    uploaded_at BIGINT NOT NULL,
    case_id TEXT
);
