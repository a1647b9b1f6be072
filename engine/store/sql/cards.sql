-- SPDX-License-Identifier: Apache-2.0
-- The register of cards.

-- name: card_issue (cell, cases, records, issued, dues, clocks, epochs, kinds, colours, workflows, districts, departments, steps, rules, elements)
-- The key is used once: a card that holds is left as it is, one that was void holds again.
INSERT INTO cards (cell, id, case_id, record, issued, due, clock, epoch, kind, colour, workflow,
                   district, department, step, rule, element)
SELECT $1::bigint, nextval('card_ids'), n.case_id, n.record, n.issued, n.due, n.clock, n.epoch,
       n.kind, n.colour, n.workflow, n.district, n.department, n.step, n.rule,
       n.element
  FROM unnest($2::bigint[], $3::bigint[], $4::timestamptz[], $5::timestamptz[], $6::bigint[],
              $7::bigint[], $8::bigint[], $9::bigint[], $10::text[], $11::text[], $12::text[],
              $13::text[], $14::text[], $15::text[])
       AS n (case_id, record, issued, due, clock, epoch, kind, colour, workflow, district,
             department, step, rule, element)
    ON CONFLICT (cell, case_id, kind, clock, epoch)
    DO UPDATE SET state = 0, record = excluded.record
 WHERE cards.cell = $1::bigint AND cards.state = 5;

-- name: card_withdraw (cell, moment, cases, records, clocks, kinds, epochs)
-- What was issued for the clock before that record is void; of one epoch, or 0: of all.
WITH moved AS (
    UPDATE cards c
       SET state = 5, moves = c.moves + 1
      FROM unnest($3::bigint[], $4::bigint[], $5::bigint[], $6::bigint[], $7::bigint[])
           AS n (case_id, record, clock, kind, epoch)
     WHERE c.cell = $1::bigint AND c.case_id = n.case_id AND c.kind = n.kind
       AND c.clock = n.clock AND (n.epoch = 0 OR c.epoch = n.epoch) AND c.record < n.record AND c.state <> 5
 RETURNING c.id, c.moves, n.record
)
INSERT INTO card_moves (cell, card, number, at, record, state, actor)
SELECT $1::bigint, m.id, m.moves, $2::timestamptz, m.record, 5, 'engine'
  FROM moved m;

-- name: card_return (cell, moment, cases, records, clocks, kinds)
-- The clock came back with what it had: its newest card holds again.
WITH moved AS (
    UPDATE cards c
       SET state = 0, moves = c.moves + 1
      FROM unnest($3::bigint[], $4::bigint[], $5::bigint[], $6::bigint[])
           AS n (case_id, record, clock, kind)
     WHERE c.cell = $1::bigint AND c.case_id = n.case_id AND c.kind = n.kind
       AND c.clock = n.clock AND c.state = 5
       AND NOT EXISTS (SELECT FROM cards x
                        WHERE x.cell = $1::bigint AND x.case_id = c.case_id AND x.kind = c.kind
                          AND x.clock = c.clock AND x.epoch > c.epoch)
 RETURNING c.id, c.moves, n.record
)
INSERT INTO card_moves (cell, card, number, at, record, state, actor)
SELECT $1::bigint, m.id, m.moves, $2::timestamptz, m.record, 0, 'engine'
  FROM moved m;

-- name: card_list (cell, before, most, district, department, kind, state, case)
-- Newest first, from before the id `before` (0: from the newest); NULL, 0 for the case, and -1
-- take all.  The moves come with each, as JSON.
SELECT c.id, k.number, c.record, c.issued, c.due, c.clock, c.epoch, c.kind, c.colour, c.state,
       c.workflow, c.district, c.department, c.step, c.rule, c.element,
       (SELECT json_agg(json_build_object('number', m.number,
                                          'at', (extract(epoch FROM m.at) * 1000000)::bigint,
                                          'state', m.state, 'by', m.actor, 'reason', m.reason)
                        ORDER BY m.number)::text
          FROM card_moves m
         WHERE m.cell = $1::bigint AND m.card = c.id)
  FROM cards c
  JOIN cases k ON k.cell = $1::bigint AND k.id = c.case_id
 WHERE c.cell = $1::bigint
   AND ($2::bigint = 0 OR c.id < $2::bigint)
   AND ($4::text IS NULL OR c.district = $4::text)
   AND ($5::text IS NULL OR c.department = $5::text)
   AND ($6::bigint = -1 OR c.kind = $6::bigint)
   AND ($7::bigint = -1 OR c.state = $7::bigint)
   AND ($8::bigint = 0 OR c.case_id = $8::bigint)
 ORDER BY c.cell DESC, c.id DESC
 LIMIT $3::bigint;

-- name: card_find (cell, id)
-- Cards of cases that were removed are only counted.
SELECT c.state, c.district, c.department
  FROM cards c
  JOIN cases k ON k.cell = $1::bigint AND k.id = c.case_id
 WHERE c.cell = $1::bigint AND c.id = $2::bigint;

-- name: card_move (cell, id, was, state, actor, reason)
-- Moves it where it still is as the caller saw it; a row tells that it did.
WITH moved AS (
    UPDATE cards c
       SET state = $4::bigint, moves = c.moves + 1
     WHERE c.cell = $1::bigint AND c.id = $2::bigint AND c.state = $3::bigint
 RETURNING c.id, c.moves
), noted AS (
    INSERT INTO card_moves (cell, card, number, at, state, actor, reason)
    SELECT $1::bigint, m.id, m.moves, p.moment, $4::bigint, $5::text, $6::text
      FROM moved m, present p
)
SELECT m.moves FROM moved m;
