-- What access keeps: people, accounts, posts held, sessions, clients, answers to repeated requests, the audit trail.
-- Columns named *_sealed hold SM4-GCM ciphertext, *_index an HMAC-SM3 blind index, *_hash an HMAC-SM3 of a secret.

CREATE TABLE access_person (
    id TEXT NOT NULL PRIMARY KEY,
    name_sealed BYTEA NOT NULL,
    citizen_id_sealed BYTEA,
    citizen_id_index TEXT UNIQUE,
    phone_sealed BYTEA,
    phone_index TEXT,
    email_sealed BYTEA,
    version BIGINT NOT NULL,
    created_at BIGINT NOT NULL
);

CREATE INDEX access_person_phone ON access_person (phone_index);

-- attempts: sign-ins tried since attempts_from without a success; what a right password sets back to 0.
CREATE TABLE access_account (
    person TEXT NOT NULL PRIMARY KEY REFERENCES access_person (id),
    user_name TEXT NOT NULL UNIQUE,
    password_hash TEXT NOT NULL,
    password_at BIGINT NOT NULL,
    must_change BIGINT NOT NULL CHECK (must_change IN (0, 1)),
    attempts BIGINT NOT NULL,
    attempts_from BIGINT NOT NULL,
    disabled_at BIGINT
);

CREATE TABLE access_holding (
    person TEXT NOT NULL REFERENCES access_person (id),
    post TEXT NOT NULL,
    valid_from BIGINT NOT NULL,
    valid_to BIGINT,
    assigned_by TEXT NOT NULL,
    PRIMARY KEY (person, post, valid_from)
);

CREATE INDEX access_holding_post ON access_holding (post);

CREATE TABLE access_session (
    id TEXT NOT NULL PRIMARY KEY,
    token_hash TEXT NOT NULL UNIQUE,
    person TEXT NOT NULL REFERENCES access_person (id),
    post TEXT,
    created_at BIGINT NOT NULL,
    used_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL
);

CREATE INDEX access_session_person ON access_session (person);

CREATE INDEX access_session_expiry ON access_session (expires_at);

-- What people set for their own screens, such as saved views: value is a JSON document as text.
CREATE TABLE access_setting (
    person TEXT NOT NULL REFERENCES access_person (id),
    name TEXT NOT NULL,
    value TEXT NOT NULL,
    changed_at BIGINT NOT NULL,
    PRIMARY KEY (person, name)
);

CREATE TABLE access_reset (
    token_hash TEXT NOT NULL PRIMARY KEY,
    person TEXT NOT NULL REFERENCES access_person (id),
    issued_by TEXT NOT NULL,
    expires_at BIGINT NOT NULL
);

CREATE TABLE access_api_client (
    name TEXT NOT NULL PRIMARY KEY,
    title TEXT NOT NULL,
    key_hash TEXT NOT NULL UNIQUE,
    created_at BIGINT NOT NULL,
    disabled_at BIGINT
);

-- answer_sealed is empty while the request still runs; claim tells one run from the next.
CREATE TABLE access_idempotency (
    actor TEXT NOT NULL,
    key TEXT NOT NULL,
    digest TEXT NOT NULL,
    claim TEXT NOT NULL,
    started_at BIGINT NOT NULL,
    status BIGINT,
    answer_sealed BYTEA,
    PRIMARY KEY (actor, key)
);

CREATE INDEX access_idempotency_age ON access_idempotency (started_at);

-- Rows are only ever added. detail is JSON as text, since its exact bytes are hashed.
CREATE TABLE access_audit (
    id TEXT NOT NULL PRIMARY KEY,
    at BIGINT NOT NULL,
    actor TEXT NOT NULL,
    unit TEXT,
    act TEXT NOT NULL,
    kind TEXT NOT NULL,
    subject TEXT NOT NULL,
    concerned TEXT,
    purpose TEXT,
    outcome TEXT NOT NULL CHECK (outcome IN ('done', 'refused')),
    detail TEXT NOT NULL
);

CREATE INDEX access_audit_concerned ON access_audit (concerned, id);

CREATE INDEX access_audit_actor ON access_audit (actor, id);

CREATE INDEX access_audit_subject ON access_audit (subject, id);

-- Entries that no seal covers yet; written with the entry, removed with its seal.
CREATE TABLE access_audit_unsealed (
    entry TEXT NOT NULL PRIMARY KEY REFERENCES access_audit (id)
);

-- The chain: hash = HMAC-SM3(hash before, number, entry). The reference keeps a sealed entry from being deleted.
CREATE TABLE access_audit_seal (
    number BIGINT NOT NULL PRIMARY KEY,
    entry TEXT NOT NULL UNIQUE REFERENCES access_audit (id),
    hash TEXT NOT NULL UNIQUE
);
