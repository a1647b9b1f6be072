-- SPDX-License-Identifier: Apache-2.0
-- An outage that was recorded wrongly is taken back by a supervisor, and all open
-- cases that have it are gone over once more; the same interval can then be
-- recorded anew, with another number.  A daemon of before that runs beside
-- refuses to record an outage meanwhile, since it looks for the old key.

ALTER TABLE outages
    ADD COLUMN unreached   text,                       -- JSON: of those refused, which and why
    ADD COLUMN annulled    timestamptz,                -- it was none
    ADD COLUMN annulled_by text,
    ADD COLUMN annulment   text,                       -- why
    ADD COLUMN undone      timestamptz,                -- no open case has it any more
    ADD COLUMN restored    bigint NOT NULL DEFAULT 0,  -- cases counted again then
    DROP CONSTRAINT outages_cell_district_since_until_key;

CREATE UNIQUE INDEX outages_interval ON outages (cell, district, since, until)
 WHERE annulled IS NULL;

CREATE INDEX outages_annulling ON outages (cell, id)
 WHERE annulled IS NOT NULL AND undone IS NULL;
