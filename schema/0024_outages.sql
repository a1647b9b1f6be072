-- SPDX-License-Identifier: Apache-2.0
-- Outages of a hall, each recorded once by a supervisor.  What they mean for a
-- case is a fact of that case; a row here is done when all open cases have it.

CREATE TABLE outages (
    cell     smallint    NOT NULL,
    id       integer     NOT NULL GENERATED ALWAYS AS IDENTITY,
    district text        NOT NULL,      -- GB/T 2260; '*': all
    since    timestamptz NOT NULL,
    until    timestamptz NOT NULL,
    reason   text        NOT NULL,
    document text,
    account  text        NOT NULL,      -- who recorded it
    recorded timestamptz NOT NULL,
    done     timestamptz,               -- all cases have been gone over
    cases    bigint      NOT NULL DEFAULT 0,  -- that have it then
    refused  bigint      NOT NULL DEFAULT 0,  -- that could not take it
    trouble  text,                      -- why, of one of those
    PRIMARY KEY (cell, id),
    UNIQUE (cell, district, since, until)
);

CREATE INDEX outages_open ON outages (cell, id) WHERE done IS NULL;
