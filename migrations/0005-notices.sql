-- What the engine of notices keeps: notices, how far each delivery is, who has read what, how many went out in a day.

-- to_kind: 'person', 'unit' or 'contact'; to_key: the person's id, the unit's code, or a reference to a contact.
CREATE TABLE notices_notice (
    id TEXT NOT NULL PRIMARY KEY,
    cause TEXT NOT NULL UNIQUE,
    template TEXT NOT NULL,
    to_kind TEXT NOT NULL CHECK (to_kind IN ('person', 'unit', 'contact')),
    to_key TEXT NOT NULL,
    case_id TEXT,
    in_inbox BIGINT NOT NULL,
    subject TEXT NOT NULL,
    text TEXT NOT NULL,
    sms TEXT NOT NULL,
    made_at BIGINT NOT NULL
);

CREATE INDEX notices_notice_inbox ON notices_notice (to_kind, to_key, in_inbox, made_at, id);

-- One row for each channel that leaves the house. address is masked; quota_day is the day whose quota it has used.
CREATE TABLE notices_delivery (
    notice TEXT NOT NULL,
    channel TEXT NOT NULL,
    state TEXT NOT NULL,
    provider TEXT,
    message_id TEXT,
    address TEXT,
    attempts BIGINT NOT NULL,
    reason TEXT,
    quota_day TEXT,
    made_at BIGINT NOT NULL,
    changed_at BIGINT NOT NULL,
    PRIMARY KEY (notice, channel)
);

CREATE INDEX notices_delivery_made ON notices_delivery (made_at, notice, channel);

CREATE TABLE notices_quota (
    to_kind TEXT NOT NULL,
    to_key TEXT NOT NULL,
    channel TEXT NOT NULL,
    day TEXT NOT NULL,
    used BIGINT NOT NULL,
    PRIMARY KEY (to_kind, to_key, channel, day)
);

CREATE TABLE notices_reading (
    notice TEXT NOT NULL,
    person TEXT NOT NULL,
    read_at BIGINT NOT NULL,
    PRIMARY KEY (notice, person)
);

CREATE INDEX notices_notice_case ON notices_notice (case_id, made_at, id);
