-- SPDX-License-Identifier: Apache-2.0
-- Cards of what is in a list's branch name its element.

-- As it stands in the list; NULL: in none, or a card of before.  `step` has the element's name in
-- it, and `rule` is what the case calls the clock, with "@department" where each has one: by that
-- it is explained.  Cards of before have the paths and ids of the definition.
ALTER TABLE cards ADD COLUMN element text;
