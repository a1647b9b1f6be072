-- SPDX-License-Identifier: Apache-2.0
-- Which branch of a list (`foreach`) a measured stay belongs to.

ALTER TABLE timings ADD COLUMN element text;   -- the element's name; NULL: of no list
