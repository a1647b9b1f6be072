-- SPDX-License-Identifier: Apache-2.0
-- Messages of steps that were left before go with their branch when that is cancelled.

ALTER TABLE outbox ADD COLUMN region text,    -- branch or stage in which it was sent; '': the case; NULL: not told, so that of its step
                   ADD COLUMN dropped bigint; -- record that left that from outside; NULL: none
