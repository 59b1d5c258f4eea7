-- What storage itself keeps: the event log, its followers, durable jobs, number blocks.
-- The table of applied migrations is made by the code that reads it.

-- One row. PostgreSQL: events are ordered by (transaction id + base); base grows when the tables were restored
-- into a server whose transaction ids are behind those of the log. SQLite leaves it at 0.
CREATE TABLE storage_log (
    id BIGINT NOT NULL PRIMARY KEY CHECK (id = 1),
    base BIGINT NOT NULL
);

INSERT INTO storage_log (id, base) VALUES (1, 0);

CREATE TABLE storage_event (
    tx BIGINT NOT NULL,
    seq BIGINT NOT NULL,
    id TEXT NOT NULL UNIQUE,
    source TEXT NOT NULL,
    kind TEXT NOT NULL,
    subject TEXT NOT NULL,
    time BIGINT NOT NULL,
    data JSONB NOT NULL,
    PRIMARY KEY (tx, seq)
);

CREATE INDEX storage_event_subject ON storage_event (subject, tx, seq);

CREATE TABLE storage_follower (
    name TEXT NOT NULL PRIMARY KEY,
    tx BIGINT NOT NULL,
    seq BIGINT NOT NULL
);

-- run_at: when the job was asked to run. due_at: when it may be claimed next, which is the end of the lease while
-- a worker holds it. claims: counts the claims for ever, and so tells one lease from the next.
CREATE TABLE storage_job (
    id TEXT NOT NULL PRIMARY KEY,
    kind TEXT NOT NULL,
    key TEXT UNIQUE,
    payload JSONB NOT NULL,
    run_at BIGINT NOT NULL,
    due_at BIGINT NOT NULL,
    attempts BIGINT NOT NULL,
    claims BIGINT NOT NULL,
    claimed_by TEXT,
    state TEXT NOT NULL CHECK (state IN ('waiting', 'stuck')),
    last_error TEXT
);

CREATE INDEX storage_job_due ON storage_job (state, due_at, id);

-- taken: the last number of the last block that a node took.
CREATE TABLE storage_number (
    name TEXT NOT NULL PRIMARY KEY,
    taken BIGINT NOT NULL
);
