-- SPDX-License-Identifier: Apache-2.0
-- Cases that a migration has moved to another version, and what that meant.

-- name: move_insert (cell, moment, plans, cases, records, newly_late, earlier, later, departments)
-- A case that came back meanwhile, and is moved once more, counts as it does now.
INSERT INTO moves (cell, plan, case_id, record, at, newly_late, earlier, later, departments)
SELECT $1::bigint, n.plan, n.case_id, n.record, $2::timestamptz, n.newly_late <> 0,
       n.earlier <> 0, n.later <> 0, ARRAY(SELECT json_array_elements_text(n.departments::json))
  FROM unnest($3::bytea[], $4::bigint[], $5::bigint[], $6::bigint[], $7::bigint[], $8::bigint[],
              $9::text[])
       AS n (plan, case_id, record, newly_late, earlier, later, departments)
    ON CONFLICT (cell, plan, case_id) DO UPDATE
   SET record = excluded.record, at = excluded.at, newly_late = excluded.newly_late,
       earlier = excluded.earlier, later = excluded.later, departments = excluded.departments;

-- name: move_sum (cell, plan)
-- All that the plan has moved: how many, newly late, due earlier and later.
SELECT count(*), count(*) FILTER (WHERE m.newly_late), count(*) FILTER (WHERE m.earlier),
       count(*) FILTER (WHERE m.later)
  FROM moves m
 WHERE m.cell = $1::bigint AND m.plan = $2::bytea;

-- name: move_departments (cell, plan)
-- The same by department: a case counts in each in which it had an open step.
SELECT d.department, count(*), count(*) FILTER (WHERE m.newly_late),
       count(*) FILTER (WHERE m.earlier), count(*) FILTER (WHERE m.later)
  FROM moves m
 CROSS JOIN LATERAL unnest(m.departments) AS d (department)
 WHERE m.cell = $1::bigint AND m.plan = $2::bytea
 GROUP BY d.department
 ORDER BY d.department;
