-- What the engine of rules keeps: alarms, storms, how far readings have been weighed.

-- id: derived from rule, thing and beginning, so that what is decided again raises nothing twice. state: 'raised',
-- 'acknowledged', 'cleared'; open: 1 until it is cleared. announced: 1 when it was told by itself and not as part of a storm.
CREATE TABLE rules_alarm (
    id TEXT NOT NULL PRIMARY KEY,
    rule TEXT NOT NULL,
    system TEXT NOT NULL,
    level TEXT NOT NULL,
    thing TEXT NOT NULL,
    thing_name TEXT NOT NULL,
    thing_type TEXT NOT NULL,
    unit TEXT,
    lon DOUBLE PRECISION,
    lat DOUBLE PRECISION,
    division TEXT,
    district TEXT,
    state TEXT NOT NULL CHECK (state IN ('raised', 'acknowledged', 'cleared')),
    open BIGINT NOT NULL,
    started_at BIGINT NOT NULL,
    raised_at BIGINT NOT NULL,
    cleared_at BIGINT,
    explanation JSONB NOT NULL,
    cleared_explanation JSONB,
    on_clear TEXT NOT NULL,
    group_key TEXT,
    window_seconds BIGINT,
    storm TEXT,
    announced BIGINT NOT NULL,
    acknowledged_at BIGINT,
    acknowledged_by TEXT,
    opinion TEXT
);

CREATE INDEX rules_alarm_open ON rules_alarm (open, raised_at, id);

CREATE INDEX rules_alarm_thing ON rules_alarm (thing, raised_at, id);

CREATE INDEX rules_alarm_rule ON rules_alarm (rule, raised_at, id);

CREATE INDEX rules_alarm_storm ON rules_alarm (storm, raised_at, id);

CREATE INDEX rules_alarm_raised ON rules_alarm (raised_at, id);

CREATE INDEX rules_alarm_cleared ON rules_alarm (cleared_at);

-- district: the group's county-level division, where it has one; lon, lat: of the alarm that began it.
CREATE TABLE rules_storm (
    id TEXT NOT NULL PRIMARY KEY,
    group_key TEXT NOT NULL,
    rule TEXT NOT NULL,
    rule_title TEXT NOT NULL,
    system TEXT NOT NULL,
    thing_type TEXT NOT NULL,
    level TEXT NOT NULL,
    grouping TEXT NOT NULL,
    district TEXT,
    lon DOUBLE PRECISION,
    lat DOUBLE PRECISION,
    on_clear TEXT NOT NULL,
    members BIGINT NOT NULL,
    open BIGINT NOT NULL,
    raised_at BIGINT NOT NULL,
    last_at BIGINT NOT NULL,
    cleared_at BIGINT
);

CREATE INDEX rules_storm_open ON rules_storm (open, raised_at, id);

-- Readings that came up to evaluated_to have been weighed, and what followed from them is stored.
CREATE TABLE rules_checkpoint (
    name TEXT NOT NULL PRIMARY KEY,
    evaluated_to BIGINT NOT NULL
);
