-- SPDX-License-Identifier: Apache-2.0
-- Promises that were not checked in time (cards.kind 4): the cases that have one are
-- found by their cards.  Of such a card `clock` is the material's place in its
-- workflow, from 1, `epoch` the record that issued it, and `rule` the material's id.

CREATE INDEX cards_unchecked ON cards (cell, case_id) WHERE kind = 4;
