-- SPDX-License-Identifier: Apache-2.0
-- What a migration meant for each case it moved, for the report of the whole of it.

-- One row for each case and plan, written by the transaction that moves the case, so that
-- a run that is killed and started again tells of all that the plan has moved.
CREATE TABLE moves (
    cell        smallint    NOT NULL,
    plan        bytea       NOT NULL,   -- SHA-256 of the plan as canonical JSON, with whole hashes
    case_id     bigint      NOT NULL,
    record      bigint      NOT NULL,   -- the one that moved it
    at          timestamptz NOT NULL,
    newly_late  boolean     NOT NULL,
    earlier     boolean     NOT NULL,   -- something is due earlier, or later
    later       boolean     NOT NULL,
    departments text[]      NOT NULL,   -- in which it had an open step
    PRIMARY KEY (cell, plan, case_id)
);
