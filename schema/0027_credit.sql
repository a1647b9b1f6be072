-- SPDX-License-Identifier: Apache-2.0
-- Promises 告知承诺 that were found broken and are not made good, by the enterprise that
-- gave them: what its other cases ask for.  One that only somebody nobody has looked
-- at is said to have given counts when its case is one of the enterprise's (party_cases).
-- Those of before this table, and what a daemon of before writes beside, a daemon adds
-- after its start (broken_sweep).

CREATE TABLE broken_promises (
    cell     smallint    NOT NULL,
    party    text        NOT NULL,
    case_id  bigint      NOT NULL,
    material text        NOT NULL,   -- id in its workflow
    at       timestamptz NOT NULL,   -- when it was found
    PRIMARY KEY (cell, party, case_id, material)
);
