-- Things that report. The readings themselves lie in files of their own.

-- secret: digest of the secret that the thing signs in with. seen_at: written now and then, for the time after a start.
CREATE TABLE observations_thing (
    id TEXT NOT NULL PRIMARY KEY,
    code TEXT NOT NULL UNIQUE,
    kind TEXT NOT NULL,
    name TEXT NOT NULL,
    unit TEXT,
    lon DOUBLE PRECISION,
    lat DOUBLE PRECISION,
    address TEXT,
    division TEXT,
    state TEXT NOT NULL,
    secret TEXT NOT NULL,
    attributes JSONB NOT NULL,
    registered_at BIGINT NOT NULL,
    changed_at BIGINT NOT NULL,
    seen_at BIGINT,
    version BIGINT NOT NULL
);

-- Under which number the readings of a property of a thing are kept; numbers are never given again.
CREATE TABLE observations_series (
    number BIGINT NOT NULL PRIMARY KEY,
    thing TEXT NOT NULL,
    property TEXT NOT NULL,
    UNIQUE (thing, property)
);

-- What of a thing was refused or flagged, counted by name and day.
CREATE TABLE observations_mishap (
    thing TEXT NOT NULL,
    day TEXT NOT NULL,
    code TEXT NOT NULL,
    count BIGINT NOT NULL,
    last_at BIGINT NOT NULL,
    detail TEXT NOT NULL,
    PRIMARY KEY (thing, day, code)
);

-- Commands to things and what came of them.
CREATE TABLE observations_command (
    id TEXT NOT NULL PRIMARY KEY,
    thing TEXT NOT NULL,
    name TEXT NOT NULL,
    body JSONB NOT NULL,
    asked_by TEXT NOT NULL,
    asked_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    state TEXT NOT NULL,
    sent_at BIGINT,
    ended_at BIGINT,
    result JSONB
);

CREATE INDEX observations_command_thing ON observations_command (thing, asked_at);
CREATE INDEX observations_command_state ON observations_command (state, expires_at);
