-- SPDX-License-Identifier: Apache-2.0
-- Messages of steps that were left before go with their branch when that is cancelled.

ALTER TABLE outbox ADD COLUMN region text,    -- branch or stage in which it was sent; '': the case; NULL: it takes something back
                   ADD COLUMN dropped bigint; -- record that left that from outside; NULL: none
UPDATE outbox SET region = regexp_replace(step, '\.?[^.]*$', '') WHERE state = 0 AND step IS NOT NULL;
