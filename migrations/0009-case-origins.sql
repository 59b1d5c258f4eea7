-- What a case was opened for by a reaction: `alarm:<id>`, `thing:<id>`, in the words of whoever said the event.
CREATE TABLE cases_origin (
    origin TEXT NOT NULL,
    case_id TEXT NOT NULL,
    at BIGINT NOT NULL,
    PRIMARY KEY (origin, case_id)
);

CREATE INDEX cases_origin_newest ON cases_origin (origin, at);
