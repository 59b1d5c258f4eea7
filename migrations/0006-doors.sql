-- What the doors keep themselves: runs of imports and the rows kept for mending.

CREATE TABLE doors_import_run (
    id TEXT NOT NULL PRIMARY KEY,
    source TEXT NOT NULL,
    title TEXT NOT NULL,
    digest TEXT NOT NULL,
    begun_at BIGINT NOT NULL,
    ended_at BIGINT,
    counts JSONB
);

-- content: the row as it stood in the file; dropped once it is mended, since it may tell personal things.
CREATE TABLE doors_import_reject (
    id TEXT NOT NULL PRIMARY KEY,
    run TEXT NOT NULL,
    source TEXT NOT NULL,
    line BIGINT NOT NULL,
    problems JSONB NOT NULL,
    content JSONB,
    rejected_at BIGINT NOT NULL,
    mended_at BIGINT
);

CREATE INDEX doors_import_reject_source ON doors_import_reject (source, mended_at, line);
