-- SPDX-License-Identifier: Apache-2.0
-- What cases say to one another, parent and child: written by the transaction
-- that decided it, taken by the worker as a command of its own on one case, and
-- gone with the transaction that has applied it.

CREATE SEQUENCE relay_ids AS bigint CACHE 1;

CREATE TABLE relay (
    cell    smallint    NOT NULL,
    id      bigint      NOT NULL,
    at      timestamptz NOT NULL,
    case_id bigint      NOT NULL,   -- to whom; 0: a case that is to be opened
    source  bigint      NOT NULL,   -- the case that says it
    child   integer     NOT NULL,   -- the child's number in the parent case
    what    text        NOT NULL,   -- open, born, concluded, withdraw
    body    text        NOT NULL,   -- JSON
    PRIMARY KEY (cell, id)
);
