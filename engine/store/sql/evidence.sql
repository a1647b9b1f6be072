-- SPDX-License-Identifier: Apache-2.0
-- What leaves the house to prove what happened.

-- name: evidence_horizon (cell)
-- The last place of the journal: what is at or before it never changes.
SELECT coalesce((SELECT n.last FROM numberer n WHERE n.cell = $1::bigint), 0);

-- name: evidence_page (cell, after_case, after_fact, most)
-- Facts in the order of cases and numbers, with their place in the journal (null: none yet); of a
-- case that was purged one row, without a body.
WITH few AS MATERIALIZED (
    (SELECT f.case_id, f.number, f.journal, f.body, f.hash
       FROM facts f
      WHERE f.cell = $1::bigint AND (f.case_id, f.number) > ($2::bigint, $3::bigint)
      ORDER BY f.cell, f.case_id, f.number
      LIMIT $4::bigint)
     UNION ALL
    (SELECT g.id, g.facts, 0, NULL, g.head
       FROM purged g
      WHERE g.cell = $1::bigint AND g.id > $2::bigint
      ORDER BY g.cell, g.id
      LIMIT $4::bigint)
      ORDER BY 1, 2
      LIMIT $4::bigint
)
SELECT s.case_id, coalesce(c.number, g.number), s.number, coalesce(j.number, g.journal), s.body,
       s.hash, g.purged, g.archive
  FROM few s
  LEFT JOIN LATERAL (SELECT x.number FROM cases x
                      WHERE x.cell = $1::bigint AND x.id = s.case_id LIMIT 1) AS c ON true
  LEFT JOIN LATERAL (SELECT x.number FROM journal x
                      WHERE x.cell = $1::bigint AND x.id = s.journal LIMIT 1) AS j ON true
  LEFT JOIN LATERAL (SELECT x.* FROM purged x
                      WHERE x.cell = $1::bigint AND x.id = s.case_id AND s.body IS NULL
                      LIMIT 1) AS g ON true
 ORDER BY s.case_id, s.number;
