-- SPDX-License-Identifier: Apache-2.0
-- What stays of a case whose retention is over: that it was, how its chain ended
-- and where its facts went.  Nobody's data.

CREATE TABLE purged (
    cell       smallint    NOT NULL,
    id         bigint      NOT NULL,    -- as the case's
    number     text        NOT NULL,
    workflow   text        NOT NULL,
    definition integer     NOT NULL,
    district   text        NOT NULL,
    kind       text,                    -- of applicant
    public     smallint    NOT NULL,
    opened     timestamptz NOT NULL,
    closed     timestamptz NOT NULL,
    outcome    text,
    revision   bigint      NOT NULL,
    query      bytea       NOT NULL,    -- SHA-256(number || query code): who asks with it is told
    follows    text,                    -- as the case's: the number that code is of
    facts      bigint      NOT NULL,    -- how many there were
    journal    bigint      NOT NULL,    -- place of the last in the journal
    head       bytea       NOT NULL,    -- hash of the last
    purged     timestamptz NOT NULL,
    archive    text        NOT NULL,    -- the file of retention.folder that has them
    PRIMARY KEY (cell, id)
);

-- What is closed, by version and moment.  `phase` is in the predicate of cases_near: the update
-- that closes a case was never HOT, and no other is touched.
CREATE INDEX cases_closed ON cases (cell, definition, closed, id) WHERE closed IS NOT NULL;

-- By which they are removed with their case.
CREATE INDEX business_keys_case ON business_keys (cell, case_id);
