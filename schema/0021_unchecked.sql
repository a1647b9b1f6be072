-- SPDX-License-Identifier: Apache-2.0
-- Promises that were not checked in time (cards.kind 4): the cases that have one are
-- found by their cards.  Of such a card `clock` is the material's place in its
-- workflow, from 1, `epoch` the record that issued it, and `rule` the material's id.

CREATE INDEX cards_unchecked ON cards (cell, case_id) WHERE kind = 4;

-- Of cases that were there before, the closed ones too, the alarm is that of the promise.
UPDATE cases c
   SET alarm = least(c.alarm, p.until), look = least(c.look, p.until)
  FROM (SELECT x.cell, x.id,
               to_timestamp(min((m.value ->> 'until')::bigint) / 1000000) AS until
          FROM cases x
         CROSS JOIN LATERAL json_array_elements(x.state::json -> 'materials') AS m
         WHERE x.state LIKE '%"state":"promised"%' AND m.value ->> 'state' = 'promised'
         GROUP BY x.cell, x.id) p
 WHERE c.cell = p.cell AND c.id = p.id;
