-- SPDX-License-Identifier: Apache-2.0
-- What was sent within a region that is left from outside: dropped, or taken back.

ALTER TABLE outbox ADD COLUMN around integer[] NOT NULL DEFAULT '{}',  -- stays of the case in which it was sent
                   ADD COLUMN undoes integer;   -- number of the message it takes back; NULL: none
