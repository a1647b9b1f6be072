-- SPDX-License-Identifier: Apache-2.0
-- Outside systems: their secrets, how each is faring, and what people did about it.

-- Secrets shared with outside systems; several hold at one time while one is being changed.
CREATE TABLE system_keys (
    system  text        NOT NULL,   -- its id in organisation.json
    number  integer     NOT NULL,   -- key id: 1, 2, 3 … within the system
    secret  bytea       NOT NULL CHECK (length(secret) BETWEEN 24 AND 64),
    created timestamptz NOT NULL,
    until   timestamptz,            -- holds no longer from then on; NULL: open
    PRIMARY KEY (system, number)
);

-- How each destination is faring.  One daemon delivers to it: the one whose
-- session on this database is `holder`.  It is free when that session has
-- ended, or has not been heard of for half a minute; so nothing has to expire.
CREATE TABLE destinations (
    cell      smallint    NOT NULL,
    system    text        NOT NULL,
    holder    text,                 -- "pid/start" of the session; NULL: nobody
    held      timestamptz,          -- last heard of, by the database's own clock: of daemons, not of cases
    breaker   smallint    NOT NULL DEFAULT 0,   -- enum breaker_state
    failures  integer     NOT NULL DEFAULT 0,   -- in a row
    open_till timestamptz,          -- breaker open: no attempt before
    trouble   text,                 -- what went wrong last
    troubled  timestamptz,
    delivered timestamptz,          -- the last success
    disabled  timestamptz,          -- since; NULL: enabled
    disabled_by text,               -- account, or "engine" after a 410
    reason    text,
    PRIMARY KEY (cell, system)
);

-- Old daemons beside new ones write no next_try: what they write is due at once.
ALTER TABLE outbox ALTER COLUMN next_try SET DEFAULT '-infinity',
                   ADD COLUMN awaits  boolean NOT NULL DEFAULT false,   -- the step waits for the system's answer
                   ADD COLUMN tried   timestamptz,  -- the last attempt
                   ADD COLUMN status  smallint,     -- what HTTP answered to it; NULL: nothing came
                   ADD COLUMN trouble text;         -- why it was none
UPDATE outbox SET next_try = at WHERE next_try IS NULL;
ALTER TABLE outbox ALTER COLUMN next_try SET NOT NULL;
CREATE INDEX outbox_due ON outbox (cell, system, next_try) WHERE state = 0;
CREATE INDEX outbox_dead ON outbox (cell, case_id, number) WHERE state = 2;
DROP INDEX outbox_waiting;

-- What people did to messages and destinations, append-only.
CREATE TABLE interventions (
    id      bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    cell    smallint    NOT NULL,
    at      timestamptz NOT NULL,
    actor   text        NOT NULL,
    what    text        NOT NULL,   -- edit, replay, drop, enable, disable
    system  text        NOT NULL,
    case_id bigint,                 -- of a message
    number  integer,
    reason  text        NOT NULL,
    before  text,                   -- an edit: the data as they were,
    after   text                    -- and as they are
);
CREATE INDEX interventions_message ON interventions (cell, case_id, number) WHERE case_id IS NOT NULL;
