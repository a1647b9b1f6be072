-- SPDX-License-Identifier: Apache-2.0
-- Versions of calendars, and which of them each clock was counted by.

-- One row per version, for ever: clocks name theirs, and replays need it.
CREATE TABLE calendars (
    version      text        PRIMARY KEY,   -- 12 hex digits, of what it says
    calendar     text        NOT NULL,      -- its id: cn
    body         text        NOT NULL,      -- what it was built from, canonical JSON
    published_at timestamptz NOT NULL
);

ALTER TABLE timings ADD COLUMN calendar text;   -- NULL: of before clocks named theirs
