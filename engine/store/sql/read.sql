-- SPDX-License-Identifier: Apache-2.0
-- Reads: single cases, worklists, what happened.  Rows of cases come in the
-- columns of batch_read, so that rows.c reads them; the moment comes with them.

-- name: case_by_id (cell, id)
SELECT c.id, c.definition, c.number, c.rules, c.head, c.state, c.form, c.workflow, c.party,
       c.applicant, c.query, p.moment, c.follows, a.title, a.department, a.district
  FROM cases c
 CROSS JOIN present p
  LEFT JOIN accounts a ON a.name = c.first_handler
 WHERE c.cell = $1::bigint AND c.id = $2::bigint;

-- name: case_list (cell, before, most, workflows, district, phase, party, unchecked, contradicted)
-- Newest first, from before the id `before` (0: from the newest); a NULL or 0 filter takes all.
-- Unchecked: of a promise whose check is overdue.  Contradicted: what silence did, by what was
-- learned since; whether it is comes in the last column, too.
SELECT c.id, c.number, c.workflow, c.definition, c.district, c.kind, c.applicant, c.phase,
       c.public, c.opened, c.closed, c.outcome, c.revision, c.moment, c.alarm, c.lane,
       array_to_string(c.labels, ' '), c.first_handler,
       EXISTS (SELECT FROM cards y
                WHERE y.cell = $1::bigint AND y.case_id = c.id AND y.kind = 2
                  AND y.state <> 5)::integer
  FROM cases c
 WHERE c.cell = $1::bigint
   AND ($2::bigint = 0 OR c.id < $2::bigint)
   AND ($4::text[] IS NULL OR c.workflow = ANY ($4::text[]))
   AND ($5::text IS NULL OR c.district = $5::text)
   AND ($6::bigint = 0 OR c.phase = $6::bigint)
   AND ($7::text IS NULL OR c.id IN (SELECT x.case_id
                                       FROM party_cases x
                                      WHERE x.cell = $1::bigint AND x.party = $7::text))
   AND ($8::bigint = 0 OR c.id IN (SELECT x.case_id
                                    FROM cards x
                                   WHERE x.cell = $1::bigint AND x.kind = 4 AND x.state <> 5))
   AND ($9::bigint = 0 OR c.id IN (SELECT x.case_id
                                    FROM cards x
                                   WHERE x.cell = $1::bigint AND x.kind = 2 AND x.state <> 5))
 ORDER BY c.cell DESC, c.id DESC
 LIMIT $3::bigint;

-- name: case_list_lane (cell, before, most, workflows, district, phase, party, lane, label, unchecked, contradicted)
-- The same of one lane, found by it; with a label or NULL.
SELECT c.id, c.number, c.workflow, c.definition, c.district, c.kind, c.applicant, c.phase,
       c.public, c.opened, c.closed, c.outcome, c.revision, c.moment, c.alarm, c.lane,
       array_to_string(c.labels, ' '), c.first_handler,
       EXISTS (SELECT FROM cards y
                WHERE y.cell = $1::bigint AND y.case_id = c.id AND y.kind = 2
                  AND y.state <> 5)::integer
  FROM cases c
 WHERE c.cell = $1::bigint AND c.lane = $8::text
   AND ($2::bigint = 0 OR c.id < $2::bigint)
   AND ($4::text[] IS NULL OR c.workflow = ANY ($4::text[]))
   AND ($5::text IS NULL OR c.district = $5::text)
   AND ($6::bigint = 0 OR c.phase = $6::bigint)
   AND ($7::text IS NULL OR c.id IN (SELECT x.case_id
                                       FROM party_cases x
                                      WHERE x.cell = $1::bigint AND x.party = $7::text))
   AND ($9::text IS NULL OR c.labels @> ARRAY[$9::text])
   AND ($10::bigint = 0 OR c.id IN (SELECT x.case_id
                                    FROM cards x
                                   WHERE x.cell = $1::bigint AND x.kind = 4 AND x.state <> 5))
   AND ($11::bigint = 0 OR c.id IN (SELECT x.case_id
                                    FROM cards x
                                   WHERE x.cell = $1::bigint AND x.kind = 2 AND x.state <> 5))
 ORDER BY c.cell DESC, c.lane DESC, c.id DESC
 LIMIT $3::bigint;

-- name: case_list_label (cell, before, most, workflows, district, phase, party, lane, label, unchecked, contradicted)
-- The same with a label, found by it; of a lane or NULL.
SELECT c.id, c.number, c.workflow, c.definition, c.district, c.kind, c.applicant, c.phase,
       c.public, c.opened, c.closed, c.outcome, c.revision, c.moment, c.alarm, c.lane,
       array_to_string(c.labels, ' '), c.first_handler,
       EXISTS (SELECT FROM cards y
                WHERE y.cell = $1::bigint AND y.case_id = c.id AND y.kind = 2
                  AND y.state <> 5)::integer
  FROM cases c
 WHERE c.cell = $1::bigint AND c.labels @> ARRAY[$9::text]
   AND ($2::bigint = 0 OR c.id < $2::bigint)
   AND ($4::text[] IS NULL OR c.workflow = ANY ($4::text[]))
   AND ($5::text IS NULL OR c.district = $5::text)
   AND ($6::bigint = 0 OR c.phase = $6::bigint)
   AND ($7::text IS NULL OR c.id IN (SELECT x.case_id
                                       FROM party_cases x
                                      WHERE x.cell = $1::bigint AND x.party = $7::text))
   AND ($8::text IS NULL OR c.lane = $8::text)
   AND ($10::bigint = 0 OR c.id IN (SELECT x.case_id
                                    FROM cards x
                                   WHERE x.cell = $1::bigint AND x.kind = 4 AND x.state <> 5))
   AND ($11::bigint = 0 OR c.id IN (SELECT x.case_id
                                    FROM cards x
                                   WHERE x.cell = $1::bigint AND x.kind = 2 AND x.state <> 5))
 ORDER BY c.cell DESC, c.id DESC
 LIMIT $3::bigint;

-- name: case_list_first (cell, before, most, workflows, district, phase, party, lane, label, account, unchecked, contradicted)
-- The same of one first handler, read from the end of his list.
SELECT c.id, c.number, c.workflow, c.definition, c.district, c.kind, c.applicant, c.phase,
       c.public, c.opened, c.closed, c.outcome, c.revision, c.moment, c.alarm, c.lane,
       array_to_string(c.labels, ' '), c.first_handler,
       EXISTS (SELECT FROM cards y
                WHERE y.cell = $1::bigint AND y.case_id = c.id AND y.kind = 2
                  AND y.state <> 5)::integer
  FROM (SELECT x.case_id
          FROM first_handlers x
         WHERE x.cell = $1::bigint AND x.account = $10::text
           AND ($2::bigint = 0 OR x.case_id < $2::bigint)
         ORDER BY x.cell DESC, x.account DESC, x.case_id DESC) AS f
 CROSS JOIN LATERAL (SELECT y.* FROM cases y WHERE y.cell = $1::bigint AND y.id = f.case_id
                      LIMIT 1) AS c
 WHERE ($4::text[] IS NULL OR c.workflow = ANY ($4::text[]))
   AND ($5::text IS NULL OR c.district = $5::text)
   AND ($6::bigint = 0 OR c.phase = $6::bigint)
   AND ($7::text IS NULL OR c.id IN (SELECT x.case_id
                                       FROM party_cases x
                                      WHERE x.cell = $1::bigint AND x.party = $7::text))
   AND ($8::text IS NULL OR c.lane = $8::text)
   AND ($9::text IS NULL OR c.labels @> ARRAY[$9::text])
   AND ($11::bigint = 0 OR c.id IN (SELECT x.case_id
                                    FROM cards x
                                   WHERE x.cell = $1::bigint AND x.kind = 4 AND x.state <> 5))
   AND ($12::bigint = 0 OR c.id IN (SELECT x.case_id
                                    FROM cards x
                                   WHERE x.cell = $1::bigint AND x.kind = 2 AND x.state <> 5))
 ORDER BY f.case_id DESC
 LIMIT $3::bigint;

-- name: case_list_agent (cell, before, most, workflows, district, phase, party, lane, label, account, unchecked, contradicted)
-- The same in which that account of the house has a mandate, or had one.
SELECT c.id, c.number, c.workflow, c.definition, c.district, c.kind, c.applicant, c.phase,
       c.public, c.opened, c.closed, c.outcome, c.revision, c.moment, c.alarm, c.lane,
       array_to_string(c.labels, ' '), c.first_handler,
       EXISTS (SELECT FROM cards y
                WHERE y.cell = $1::bigint AND y.case_id = c.id AND y.kind = 2
                  AND y.state <> 5)::integer
  FROM (SELECT DISTINCT x.case_id
          FROM mandates x
         WHERE x.cell = $1::bigint AND x.account = $10::text
           AND ($2::bigint = 0 OR x.case_id < $2::bigint)
         ORDER BY x.case_id DESC) AS f
 CROSS JOIN LATERAL (SELECT y.* FROM cases y WHERE y.cell = $1::bigint AND y.id = f.case_id
                      LIMIT 1) AS c
 WHERE ($4::text[] IS NULL OR c.workflow = ANY ($4::text[]))
   AND ($5::text IS NULL OR c.district = $5::text)
   AND ($6::bigint = 0 OR c.phase = $6::bigint)
   AND ($7::text IS NULL OR c.id IN (SELECT x.case_id
                                       FROM party_cases x
                                      WHERE x.cell = $1::bigint AND x.party = $7::text))
   AND ($8::text IS NULL OR c.lane = $8::text)
   AND ($9::text IS NULL OR c.labels @> ARRAY[$9::text])
   AND ($11::bigint = 0 OR c.id IN (SELECT x.case_id
                                    FROM cards x
                                   WHERE x.cell = $1::bigint AND x.kind = 4 AND x.state <> 5))
   AND ($12::bigint = 0 OR c.id IN (SELECT x.case_id
                                    FROM cards x
                                   WHERE x.cell = $1::bigint AND x.kind = 2 AND x.state <> 5))
 ORDER BY f.case_id DESC
 LIMIT $3::bigint;

-- name: code_find (cell, id, number)
-- What is stored of the query code of a case, be the case there or gone (one statement: it goes
-- from one table to the other in one transaction).
SELECT c.query
  FROM cases c
 WHERE c.cell = $1::bigint AND c.id = $2::bigint AND c.number = $3::text
 UNION ALL
SELECT g.query
  FROM purged g
 WHERE g.cell = $1::bigint AND g.id = $2::bigint AND g.number = $3::text;

-- name: mandate_find (cell, case, query)
-- Whose code it is, of those who act for the applicant.
SELECT m.number
  FROM mandates m
 WHERE m.cell = $1::bigint AND m.case_id = $2::bigint AND m.query = $3::bytea;

-- name: mandate_list (cell, case)
SELECT m.number, m.who
  FROM mandates m
 WHERE m.cell = $1::bigint AND m.case_id = $2::bigint
 ORDER BY m.number;

-- name: task_list (cell, desks, district, workflow, after_due, after_case, after_visit, most, lane, label, as_of, after_rank, due, ahead, contradicted)
-- Open human steps at any of the desks, or (ahead 1) what may be prepared there, by its negative visit, from behind the cursor (start: rank -1);
-- the state tells step, holder and revision.  First what is late, then lane by
-- lane, each soonest due first: a lane goes before what has time, never before
-- what has none left, so that nothing with a limit waits for ever.  What is late
-- is so `as_of` the moment of the first page (0: now), or pages would overlap.
-- Due `today` is until 24:00 in UTC+8.
SELECT t.due, c.id, t.visit, t.desk, c.number, c.definition, c.district, c.applicant, c.state,
       p.moment, r.rank, a.at
  FROM cases c
 CROSS JOIN LATERAL unnest(c.desk, c.visit, c.due) AS t (desk, visit, due)
 CROSS JOIN present p
 CROSS JOIN LATERAL (SELECT CASE WHEN $11::bigint > 0 THEN $11::bigint
                                 ELSE (extract(epoch FROM p.moment) * 1000000)::bigint END) AS a (at)
 CROSS JOIN LATERAL (SELECT CASE WHEN t.due < a.at THEN 0 ELSE c.rank END::integer) AS r (rank)
 WHERE c.cell = $1::bigint AND c.phase = 1
   AND c.near && $2::bigint[]::integer[] AND t.desk = ANY ($2::bigint[]::integer[])
   AND (t.visit < 0) = ($14::bigint = 1)
   AND ($3::text IS NULL OR c.district = $3::text)
   AND ($4::text IS NULL OR c.workflow = $4::text)
   AND ($9::text IS NULL OR c.lane = $9::text)
   AND ($10::text IS NULL OR c.labels @> ARRAY[$10::text])
   AND ($13::text IS NULL
        OR t.due < a.at
        OR ($13::text = 'today'
            AND t.due <= ((a.at + 28800000000) / 86400000000 + 1) * 86400000000 - 28800000000))
   AND ($15::bigint = 0 OR c.id IN (SELECT x.case_id
                                     FROM cards x
                                    WHERE x.cell = $1::bigint AND x.kind = 2 AND x.state <> 5))
   AND (r.rank, t.due, c.id, t.visit)
       > ($12::bigint::integer, $5::bigint, $6::bigint, $7::bigint::integer)
 ORDER BY r.rank, t.due, c.id, t.visit
 LIMIT $8::bigint;

-- name: task_count (cell, desks, district, workflow, most, lane, label)
-- Counts up to `most`: an answer of `most` means "at least".
SELECT count(*)
  FROM (SELECT
          FROM cases c
         CROSS JOIN LATERAL unnest(c.desk, c.visit) AS t (desk, visit)
         WHERE c.cell = $1::bigint AND c.phase = 1
           AND c.near && $2::bigint[]::integer[] AND t.desk = ANY ($2::bigint[]::integer[])
           AND t.visit > 0
           AND ($3::text IS NULL OR c.district = $3::text)
           AND ($4::text IS NULL OR c.workflow = $4::text)
           AND ($6::text IS NULL OR c.lane = $6::text)
           AND ($7::text IS NULL OR c.labels @> ARRAY[$7::text])
         LIMIT $5::bigint) AS few;

-- name: fact_list (cell, case, after, most)
SELECT f.number, f.at, f.kind, f.actor, f.body, f.hash, j.number
  FROM facts f
  LEFT JOIN journal j ON j.cell = f.cell AND j.id = f.journal
 WHERE f.cell = $1::bigint AND f.case_id = $2::bigint AND f.number > $3::bigint
 ORDER BY f.number
 LIMIT $4::bigint;

-- name: event_list (cell, case, after, most)
-- Facts, with the step each act was in where that is left: its record may not name it.
SELECT f.number, f.at, f.kind, f.actor, f.body, f.hash, v.visit, t.step, t.element
  FROM facts f
 CROSS JOIN LATERAL (SELECT substring(f.body FROM '"fact":"acted"[^}]*"visit":([0-9]{1,9})')::integer
                            AS visit) v
  LEFT JOIN LATERAL (SELECT m.step, m.element FROM timings m
                      WHERE m.cell = f.cell AND m.case_id = f.case_id AND m.visit = v.visit
                      LIMIT 1) t ON true
 WHERE f.cell = $1::bigint AND f.case_id = $2::bigint AND f.number > $3::bigint
 ORDER BY f.number
 LIMIT $4::bigint;

-- name: ballot_history (cell, case)
-- All that happened but records of one vote and nothing else: of those there may be thousands.
SELECT f.body
  FROM facts f
 WHERE f.cell = $1::bigint AND f.case_id = $2::bigint
   AND f.body !~ '"facts":[[][{][^]{}]*"fact":"voted"[^]{}]*[}][]]'
 ORDER BY f.number;

-- name: vote_list (cell, case, voter)
-- Records that may hold votes of one voter, whose name is given as JSON.
SELECT f.body
  FROM facts f
 WHERE f.cell = $1::bigint AND f.case_id = $2::bigint
   AND strpos(f.body, '"detail":' || $3::text) > 0
   AND (strpos(f.body, '"fact":"voted"') > 0 OR strpos(f.body, '"fact":"contradicted"') > 0)
 ORDER BY f.number;

-- name: contradiction_list (cell, case, visit)
-- The records that contradict what silence did, the last first; and when, and by which record, the
-- stay `visit` was left.
SELECT f.number, f.at, f.actor, f.body, t.step, t.ended, t.record, t.element
  FROM facts f
  LEFT JOIN timings t ON t.cell = f.cell AND t.case_id = f.case_id AND t.visit = $3::bigint::integer
                     AND t.clock = 0
 WHERE f.cell = $1::bigint AND f.case_id = $2::bigint
   AND strpos(f.body, '"fact":"contradicted"') > 0
 ORDER BY f.number DESC;

-- name: draw_list (cell, case, after, most, drawn)
-- The records in which the hash of a seed was published, or (drawn 1) something was drawn.
SELECT f.number, f.at, f.kind, f.actor, f.body, f.hash
  FROM facts f
 WHERE f.cell = $1::bigint AND f.case_id = $2::bigint AND f.number > $3::bigint
   AND (strpos(f.body, '"fact":"committed"') > 0
        OR ($5::bigint = 1 AND strpos(f.body, '"fact":"drawn"') > 0))
 ORDER BY f.number
 LIMIT $4::bigint;

-- name: timing_list (cell, case)
SELECT t.visit, t.clock, t.record, t.step, t.rule, t.limited, t.department, t.started, t.ended,
       t.due, t.elapsed_ms, t.counted_ms, t.stopped_ms, t.counted_days, t.verdict, t.kind,
       t.cancelled, t.stopped_by, t.actor, t.action
  FROM timings t
 WHERE t.cell = $1::bigint AND t.case_id = $2::bigint
 ORDER BY t.record, t.visit, t.clock;

-- name: audit_cases (cell, after, most)
-- Cases and their facts as of one moment: a row per fact, the case's columns on
-- its last one only.
WITH few AS MATERIALIZED (
    SELECT c.*
      FROM cases c
     WHERE c.cell = $1::bigint AND c.id > $2::bigint
     ORDER BY c.cell, c.id
     LIMIT $3::bigint
)
SELECT s.id, s.definition, s.number, s.rules, s.head,
       CASE WHEN f.number = s.recorded OR f.number IS NULL THEN s.state END,
       CASE WHEN f.number = s.recorded OR f.number IS NULL THEN s.form END,
       s.workflow, s.party, s.applicant, s.query, s.recorded, f.number, f.body, f.hash
  FROM few s
  LEFT JOIN facts f ON f.cell = s.cell AND f.case_id = s.id
 ORDER BY s.id, f.number;

-- name: sweep_last (cell)
-- Where the cases end.
SELECT coalesce(max(c.id), 0) FROM cases c WHERE c.cell = $1::bigint;

-- name: recount_waiting (cell, districts, departments, versions)
-- Running clocks, steps and materials with periods to come, and their cases,
-- that count by another calendar than their hall's (almanac_hall()): the
-- department's, the district's, that of the regions around it, or the house's,
-- which is called ''.  A wait that names none is not seen: it is of before they
-- did, or ends on a date, which only the definition tells.  Reads every open
-- case: for who examines an installation.
WITH hall AS MATERIALIZED (
    SELECT n.district, n.department, n.version
      FROM unnest($2::text[], $3::text[], $4::text[]) AS n (district, department, version)
), open AS (
    SELECT c.id, c.district, c.state::jsonb AS s
      FROM cases c
     WHERE c.cell = $1::bigint AND c.phase = 1
), running AS (
    SELECT o.id, o.district, k.x ->> 'department' AS department, true AS clock,
           coalesce(k.x ->> 'calendar', o.s #>> '{wholeCase,calendar}', '') AS version
      FROM open o
     CROSS JOIN LATERAL jsonb_array_elements(coalesce(o.s -> 'clocks', '[]')
                                             || coalesce(o.s #> '{wholeCase,clocks}', '[]')) AS k (x)
     WHERE NOT k.x ? 'verdict'
     UNION ALL
    SELECT o.id, o.district, NULL, false, coalesce(p.x ->> 'calendar', '')
      FROM open o
     CROSS JOIN LATERAL jsonb_array_elements(coalesce(o.s -> 'visits', '[]')
                                             || coalesce(o.s -> 'materials', '[]')) AS p (x)
     WHERE p.x ? 'calendar' OR jsonb_path_exists(p.x, '$.timers[*] ? (@ != null)')
)
SELECT count(*) FILTER (WHERE r.clock), count(*) FILTER (WHERE NOT r.clock), count(DISTINCT r.id)
  FROM running r
 WHERE r.version IS DISTINCT FROM coalesce(
           (SELECT h.version FROM hall h WHERE h.department = r.department),
           (SELECT h.version FROM hall h WHERE h.district = r.district),
           (SELECT h.version FROM hall h WHERE h.district = left(r.district, 4) || '00'),
           (SELECT h.version FROM hall h WHERE h.district = left(r.district, 2) || '0000'),
           (SELECT h.version FROM hall h WHERE h.district = ''));

-- name: sweep_page (cell, definition, after, up_to, most)
-- Open cases of one version, or with definition 0 of all, in a piece of the ids;
-- columns as in case_by_id, and the district.
SELECT c.id, c.definition, c.number, c.rules, c.head, c.state, c.form, c.workflow, c.party,
       c.applicant, c.query, p.moment, c.district
  FROM cases c
 CROSS JOIN present p
 WHERE c.cell = $1::bigint AND c.id > $3::bigint AND c.id <= $4::bigint AND c.phase = 1
   AND (c.definition = $2::bigint OR $2::bigint = 0)
 ORDER BY c.id
 LIMIT $5::bigint;
