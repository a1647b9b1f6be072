-- SPDX-License-Identifier: Apache-2.0
-- Why a step that was late is so, in the words of who then acted in it.

ALTER TABLE timings ADD COLUMN explanation text;
