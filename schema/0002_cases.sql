-- SPDX-License-Identifier: Apache-2.0
-- Cases and everything a case owns.
--
-- `cell` is the first column of every key (DESIGN 7 "Beyond one machine").  No
-- foreign keys, no triggers: the engine writes each transaction whole, and
-- what they would cost is a fifth of the throughput.  Case ids come from one
-- sequence and ascend with time, so what is worked on lies together, and
-- partitions by ranges of ids are months (they come with retention).

CREATE SEQUENCE case_ids AS bigint CACHE 1;
CREATE SEQUENCE journal_ids AS bigint CACHE 1;

-- One row per case: the only lock ever waited for.  Columns that never change
-- stand first and the form, which seldom does, last: an update on the same page
-- then writes only what lies between to the write-ahead log.
CREATE TABLE cases (
    id         bigint      NOT NULL,
    cell       smallint    NOT NULL,
    definition integer     NOT NULL,    -- definitions.id
    opened     timestamptz NOT NULL,
    query      bytea       NOT NULL,    -- SHA-256(number || query code)
    number     text        NOT NULL,    -- unique by construction: it spells the id (store/number.h)
    workflow   text        NOT NULL,
    district   text        NOT NULL,
    kind       text,                    -- of applicant
    party      text,                    -- unified social credit code; NULL: a person or not given
    applicant  text,                    -- name as given, for lists
    -- from here on what commands change
    rules      smallint    NOT NULL,    -- number of the core's rules that wrote it
    phase      smallint    NOT NULL,    -- 1 open, 2 closed
    public     smallint    NOT NULL,    -- of the six words, 0 received .. 5 delivered
    closed     timestamptz,
    outcome    text,
    revision   bigint      NOT NULL,
    recorded   bigint      NOT NULL,    -- number of its last fact
    moment     timestamptz NOT NULL,    -- of its last fact
    alarm      timestamptz,             -- when the core must look again; NULL: never
    head       bytea       NOT NULL,    -- hash of its last fact
    -- What the two indices are over.  They follow alarm and desk only when they must, so that most
    -- updates change no indexed column and stay on their page (HOT).
    look       timestamptz,             -- at or before alarm, NULL only when alarm is
    near       integer[]   NOT NULL,    -- desks it is at, and may be some it was at
    -- open steps in which people of the house act, side by side
    desk       integer[]   NOT NULL,    -- desks.id
    visit      integer[]   NOT NULL,
    due        bigint[]    NOT NULL,    -- microseconds since 1970; the year 9999 where nothing is due
    state      text        NOT NULL,    -- case_write()
    form       text        NOT NULL,    -- canonical JSON
    PRIMARY KEY (cell, id)
) WITH (fillfactor = 50, autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_cost_delay = 0);
ALTER TABLE cases ALTER COLUMN state SET STORAGE MAIN;

CREATE INDEX cases_look ON cases (cell, look) WHERE look IS NOT NULL;
-- New entries wait in a short list and are sorted in together.
CREATE INDEX cases_near ON cases USING gin (near)
    WITH (fastupdate = on, gin_pending_list_limit = 256) WHERE phase = 1;

-- Cases of one enterprise (一企一档): written once, at the opening.
CREATE TABLE party_cases (
    cell    smallint NOT NULL,
    party   text     NOT NULL,
    case_id bigint   NOT NULL,
    PRIMARY KEY (cell, party, case_id)
);

-- What happened, append-only: one row per record of the core.
CREATE TABLE facts (
    cell    smallint    NOT NULL,
    case_id bigint      NOT NULL,
    number  bigint      NOT NULL,   -- 1, 2, 3 … within the case
    journal bigint      NOT NULL,   -- journal.id of the transaction that wrote it
    at      timestamptz NOT NULL,
    kind    smallint    NOT NULL,   -- enum command_kind
    actor   text        NOT NULL,
    body    text        NOT NULL,   -- record_write()
    hash    bytea       NOT NULL,   -- SHA-256(hash of the fact before || body); 32 zero bytes before the first
    PRIMARY KEY (cell, case_id, number)
);

-- A measured stay in a step, or a clock that ended: written once, when it ends.
CREATE TABLE timings (
    cell         smallint    NOT NULL,
    case_id      bigint      NOT NULL,
    visit        integer     NOT NULL,  -- 0: a clock of the case
    clock        integer     NOT NULL,  -- 0: the step itself
    record       bigint      NOT NULL,  -- the fact that ended it
    journal      bigint      NOT NULL,
    definition   integer     NOT NULL,
    started      timestamptz NOT NULL,
    ended        timestamptz NOT NULL,
    due          timestamptz,           -- NULL: without limit, or it stood
    elapsed_ms   bigint      NOT NULL,  -- on the wall
    counted_ms   bigint      NOT NULL,  -- in the clock's own measure, as is stopped_ms
    stopped_ms   bigint      NOT NULL,
    counted_days integer     NOT NULL,
    verdict      smallint    NOT NULL,  -- enum verdict
    kind         smallint,              -- 0 promised, 1 statutory; NULL: no clock
    cancelled    boolean     NOT NULL,
    step         text,                  -- path; NULL: a clock of the case
    rule         text,                  -- id of the clock's rule
    limited      text,                  -- "5 working days", as the definitions write it
    department   text,
    district     text        NOT NULL,
    stopped_by   text,                  -- {"correction": milliseconds on the wall, …}; NULL: never stood
    actor        text,                  -- who acted last in the step
    action       text,                  -- by which it was left
    PRIMARY KEY (cell, case_id, visit, clock)
);

-- Idempotency keys and the replies they stand for.  Only what was committed is
-- stored; purged by age, in small pieces.  A key is only ever asked for, never
-- read, so its digest stands for it: an advance writes 490 bytes of write-ahead
-- log for its key, with the texts it was 600.  The wide columns stand first, so
-- that nothing is lost to alignment.
CREATE TABLE keys (
    scope     bigint      NOT NULL,     -- the case; 0: creating
    case_id   bigint      NOT NULL,     -- the case concerned
    created   timestamptz NOT NULL,     -- the year 9999: never forgotten
    cell      smallint    NOT NULL,
    status    smallint    NOT NULL,     -- of the reply; 0: reserved by a transaction under way
    digest    bytea       NOT NULL,     -- of principal and key: digest_key()
    request   bytea       NOT NULL,     -- the first 16 bytes of the request's SHA-256
    etag      text,
    body      text,
    PRIMARY KEY (cell, scope, digest)
) WITH (fillfactor = 90);
CREATE INDEX keys_created ON keys USING brin (created) WITH (pages_per_range = 32);

-- One row per transaction that wrote facts.  Ids are handed out before the
-- commit and so say nothing about order; numbers are given by the numberer.
CREATE TABLE journal (
    cell   smallint    NOT NULL,
    id     bigint      NOT NULL,
    xid    xid8        NOT NULL,
    at     timestamptz NOT NULL,
    facts  integer     NOT NULL,
    hash   bytea       NOT NULL,    -- chain over the hashes of its facts, by case and number
    number bigint,                  -- its place for ever; NULL: not numbered yet
    PRIMARY KEY (cell, id)
) WITH (fillfactor = 80);
CREATE INDEX journal_ripe ON journal (cell, xid, id) WHERE number IS NULL;
CREATE UNIQUE INDEX journal_number ON journal (cell, number) WHERE number IS NOT NULL;

CREATE TABLE numberer (
    cell smallint PRIMARY KEY,
    last bigint   NOT NULL
);

-- Messages to outside systems, written with the state, delivered at least once.
CREATE TABLE outbox (
    cell     smallint    NOT NULL,
    case_id  bigint      NOT NULL,
    number   integer     NOT NULL,  -- 1, 2, 3 … within the case
    system   text        NOT NULL,
    visit    integer     NOT NULL,  -- whose step waits for the answer
    step     text,
    at       timestamptz NOT NULL,
    state    smallint    NOT NULL DEFAULT 0,    -- 0 waiting, 1 delivered, 2 dead, 3 dropped
    tries    integer     NOT NULL DEFAULT 0,
    next_try timestamptz,
    body     text        NOT NULL,
    PRIMARY KEY (cell, case_id, number)
) WITH (fillfactor = 80);
CREATE INDEX outbox_waiting ON outbox (cell, system, case_id, number) WHERE state = 0;
