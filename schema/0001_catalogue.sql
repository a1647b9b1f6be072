-- SPDX-License-Identifier: Apache-2.0
-- What all cells share: versions of workflows, desks, the time.
--
-- Forward only; a released file is never edited.  Moments are timestamptz,
-- written and read as whole microseconds; lengths of time are bigint in
-- milliseconds where people read them.

-- One row per version of a workflow, for ever: a case is pinned to its row.
CREATE TABLE definitions (
    id              integer     GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    hash            text        NOT NULL UNIQUE,    -- SHA-256 of body, 64 hex digits
    workflow        text        NOT NULL,           -- its id: company-opening
    body            text        NOT NULL,           -- canonical JSON; never jsonb, the hash is over these bytes
    effective_from  date        NOT NULL,
    effective_until date,                           -- the first day it no longer holds; NULL: open
    published_at    timestamptz NOT NULL
);
CREATE INDEX definitions_workflow ON definitions (workflow, effective_from);

-- Who works: a role in a department.  Cases name their desks by number, so that
-- a worklist is found by a small index and no name is written at each step.
CREATE TABLE desks (
    id         integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    role       text    NOT NULL,
    department text    NOT NULL,
    UNIQUE (role, department)
);

-- The test clock.  Only `onestop migrate --test-clock` makes its row, and the
-- row stays: such a database never tells the real time again.  The engine's
-- time is virtual + (clock_timestamp() - real) * rate.
CREATE TABLE test_clock (
    one     boolean          PRIMARY KEY DEFAULT true CHECK (one),
    real    timestamptz      NOT NULL,  -- when it was set
    virtual timestamptz      NOT NULL,  -- to what
    rate    double precision NOT NULL CHECK (rate >= 0)
);

-- The one source of time (DESIGN 7).  Never now(): that is when the transaction began.
CREATE VIEW present AS
SELECT coalesce((SELECT t.virtual + (clock_timestamp() - t.real) * t.rate FROM test_clock t),
                clock_timestamp()) AS moment;
