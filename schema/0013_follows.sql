-- SPDX-License-Identifier: Apache-2.0
-- A case that another one opened is followed with that one's query code: its
-- `query` is a copy, and here stands the number the code was hashed with.

ALTER TABLE cases ADD COLUMN follows text;  -- NULL: a code of its own
