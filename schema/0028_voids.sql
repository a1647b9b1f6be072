-- SPDX-License-Identifier: Apache-2.0
-- Certificates that hold no more, by whomever.

-- One row for each, written by the transaction that decides it: of the case that
-- issued it, or of another that replaces or revokes it, which the issuing case
-- hears of a moment later.  Of two that decide it at once, the key lets one in.
-- What was revoked or replaced before this table came has no row; its state says it.
CREATE TABLE certificate_voids (
    cell     smallint    NOT NULL,
    case_id  bigint      NOT NULL,      -- the case that issued it
    nth      integer     NOT NULL,
    state    smallint    NOT NULL,      -- enum certificate_state
    at       timestamptz NOT NULL,
    source   bigint      NOT NULL,      -- the case that decided it
    by       text,                      -- number of another case's that replaces it
    reason   text,
    PRIMARY KEY (cell, case_id, nth)
);
