-- SPDX-License-Identifier: Apache-2.0
-- Who has looked at everything of an enterprise or a person, append-only; written before
-- the answer goes out.  Never part of a case's chain: looking is not what happened to it.
CREATE TABLE accesses (
    id      bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at      timestamptz NOT NULL,
    account text        NOT NULL,
    what    text        NOT NULL,   -- party: everything of an enterprise
    subject text        NOT NULL,   -- of whom: a credit code, a number
    request text        NOT NULL    -- X-Request-Id, as in the log
);
CREATE INDEX accesses_subject ON accesses (subject, id);
