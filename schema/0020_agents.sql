-- SPDX-License-Identifier: Apache-2.0
-- Who of the house answers for a case, and who acts for its applicant.

-- Written with the case where a window opens it, else once.  A text that is short needs no
-- alignment, so it does not move with what stands before it.
ALTER TABLE cases
    ADD COLUMN first_handler text;      -- account; NULL: nobody of the house yet, or it was not recorded

-- The cases of each.  A table of its own and no index of cases: an update that has to leave its
-- page would write to that, too.
CREATE TABLE first_handlers (
    cell    smallint NOT NULL,
    account text     NOT NULL,
    case_id bigint   NOT NULL,
    PRIMARY KEY (cell, account, case_id)
);

-- Agents of mandates.  What the mandate says is the case's; who an agent from outside is stands
-- here, and the chain has SHA-256(salt || who he is): without this row it says nothing of him.
CREATE TABLE mandates (
    cell       smallint NOT NULL,
    case_id    bigint   NOT NULL,
    number     integer  NOT NULL,   -- within the case
    account    text,                -- of the house; NULL: from outside, and then:
    who        text,                -- {"credential", "kind", "name"} as canonical JSON
    salt       bytea,
    query      bytea,               -- SHA-256(number of the case || query code of his own)
    PRIMARY KEY (cell, case_id, number)
);
CREATE INDEX mandates_account ON mandates (cell, account, case_id) WHERE account IS NOT NULL;
