-- SPDX-License-Identifier: Apache-2.0
-- What comes from outside: every message once, with what became of it.

CREATE SEQUENCE inbox_ids AS bigint CACHE 1;

CREATE TABLE inbox (
    cell       smallint    NOT NULL,
    id         bigint      NOT NULL,
    case_id    bigint,                  -- state 1: the case that has it, or has settled it
    received   timestamptz NOT NULL,
    letter     integer,                 -- state 1: its number there; its further fate is the case's
    state      smallint    NOT NULL,    -- 0 fits several cases and waits for a person, 1 with its case, 2 rejected
    source     text        NOT NULL,    -- system of organisation.json
    message    text        NOT NULL,    -- the sender's own id, unique
    name       text        NOT NULL,    -- what kind of message
    subject    text        NOT NULL,    -- how it names its case: "number …", "key …", "code …"
    hash       bytea       NOT NULL,    -- SHA-256 of the body as it came: a repetition is told by it
    body       text        NOT NULL,    -- as it came
    candidates bigint[]    NOT NULL,    -- state 0: the cases it fits
    actor      text,                    -- who assigned or rejected it; NULL: the engine
    reason     text,                    -- why: the person's, or the engine's for rejecting it
    PRIMARY KEY (cell, source, message)
);
CREATE UNIQUE INDEX inbox_id ON inbox (cell, id);
CREATE INDEX inbox_waiting ON inbox (cell, id) WHERE state = 0;
CREATE INDEX inbox_case ON inbox (cell, case_id, letter) WHERE case_id IS NOT NULL;

-- Cases by the field of their form that their workflow calls its `key`: written
-- at the opening, and again when the field has changed; an old key still leads there.
CREATE TABLE business_keys (
    cell    smallint NOT NULL,
    key     text     NOT NULL,
    case_id bigint   NOT NULL,
    PRIMARY KEY (cell, key, case_id)
);
