-- SPDX-License-Identifier: Apache-2.0
-- Cases in which something learned late contradicts what silence did (cards.kind 2): they are
-- found by their cards.

CREATE INDEX cards_contradicted ON cards (cell, case_id) WHERE kind = 2;

-- Of a case that was contradicted twice the first card stayed when that was dealt with.
WITH over AS (
    UPDATE cards c
       SET state = 5, moves = c.moves + 1
      FROM cases x
     WHERE x.cell = c.cell AND x.id = c.case_id AND c.kind = 2 AND c.state <> 5
       AND x.state::json ->> 'contradicted' IS NULL
    RETURNING c.cell, c.id, c.moves
)
INSERT INTO card_moves (cell, card, number, at, state, actor)
SELECT o.cell, o.id, o.moves, p.moment, 5, 'engine' FROM over o, present p;
