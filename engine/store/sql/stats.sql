-- SPDX-License-Identifier: Apache-2.0
-- Statistics; what each figure means is in api/statistics.md.

-- name: stats_steps (cell, workflow, version, district, department, from, to, by_version, by_district, by_department, by_month, by_element, by_lane)
-- One row per step and per clock.  Percentiles are nearest-rank on whole
-- milliseconds (percentile_disc), so they are observed values.  What is open is
-- read from the cases themselves, with what the clock says at this moment: the
-- clocks of steps, and behind them those of the case (`wholeCase`).
WITH known AS (
    SELECT d.id, d.workflow, d.hash
      FROM definitions d
     WHERE ($2::text IS NULL OR d.workflow = $2::text)
       AND ($3::text IS NULL OR d.hash = $3::text)
), lanes AS (
    SELECT c.id, c.lane
      FROM cases c
     WHERE c.cell = $1::bigint AND c.lane IS NOT NULL AND $13::bigint = 1
    UNION ALL
    SELECT g.id, g.lane
      FROM purged g
     WHERE g.cell = $1::bigint AND g.lane IS NOT NULL AND $13::bigint = 1
), ended AS (
    SELECT k.workflow, t.step, t.rule, t.kind, t.limited, t.verdict, t.elapsed_ms, t.counted_ms,
           t.stopped_ms, t.stopped_by, t.explanation IS NOT NULL AS explained, false AS open,
           false AS past,
           CASE WHEN $8::bigint = 1 THEN k.hash END AS version,
           CASE WHEN $9::bigint = 1 THEN t.district END AS district,
           CASE WHEN $10::bigint = 1 THEN t.department END AS department,
           CASE WHEN $11::bigint = 1
                THEN to_char(t.ended AT TIME ZONE 'Asia/Shanghai', 'YYYY-MM') END AS month,
           CASE WHEN $12::bigint = 1 THEN t.element END AS element, l.lane
      FROM timings t
      JOIN known k ON k.id = t.definition
      LEFT JOIN lanes l ON l.id = t.case_id
     WHERE t.cell = $1::bigint
       AND ($4::text IS NULL OR t.district = $4::text)
       AND ($5::text IS NULL OR t.department = $5::text)
       AND ($6::timestamptz IS NULL OR t.ended >= $6::timestamptz)
       AND ($7::timestamptz IS NULL OR t.ended < $7::timestamptz)
), living AS (
    SELECT k.workflow, k.hash, c.district, CASE WHEN $13::bigint = 1 THEN c.lane END AS lane,
           s.state -> 'visits' AS visits, p.moment,
           coalesce(s.state -> 'clocks', '[]')
           || coalesce(s.state -> 'wholeCase' -> 'clocks', '[]') AS clocks
      FROM cases c
      JOIN known k ON k.id = c.definition
     CROSS JOIN present p
     CROSS JOIN LATERAL (SELECT c.state::jsonb) AS s (state)
     WHERE c.cell = $1::bigint AND c.phase = 1
       AND ($4::text IS NULL OR c.district = $4::text)
       AND $5::text IS NULL AND $7::timestamptz IS NULL
), running AS (
    SELECT l.workflow, v.item ->> 'step' AS step, r.item ->> 'rule' AS rule,
           NULL::smallint AS kind, r.item ->> 'limit' AS limited, 0::smallint AS verdict,
           0::bigint AS elapsed_ms, 0::bigint AS counted_ms, 0::bigint AS stopped_ms,
           NULL::text AS stopped_by, false AS explained, true AS open,
           (coalesce((r.item ->> 'late')::boolean, false)
            OR (r.item ->> 'due')::bigint < extract(epoch FROM l.moment) * 1000000) AS past,
           CASE WHEN $8::bigint = 1 THEN l.hash END AS version,
           CASE WHEN $9::bigint = 1 THEN l.district END AS district,
           NULL::text AS department, NULL::text AS month,
           CASE WHEN $12::bigint = 1 THEN v.item ->> 'element' END AS element, l.lane
      FROM living l
     CROSS JOIN LATERAL jsonb_array_elements(l.clocks) AS r (item)
      LEFT JOIN LATERAL jsonb_array_elements(l.visits) AS v (item)
             ON v.item ->> 'visit' = r.item ->> 'visit'
     WHERE r.item -> 'verdict' IS NULL
    UNION ALL
    SELECT l.workflow, v.item ->> 'step', NULL, NULL, NULL, 0::smallint, 0, 0, 0, NULL, false, true, false,
           CASE WHEN $8::bigint = 1 THEN l.hash END,
           CASE WHEN $9::bigint = 1 THEN l.district END, NULL, NULL,
           CASE WHEN $12::bigint = 1 THEN v.item ->> 'element' END, l.lane
      FROM living l
     CROSS JOIN LATERAL jsonb_array_elements(l.visits) AS v (item)
     WHERE NOT EXISTS (SELECT
                         FROM jsonb_array_elements(l.clocks) AS r (item)
                        WHERE r.item ->> 'visit' = v.item ->> 'visit'
                          AND r.item ->> 'rule' = v.item ->> 'step')
), everything AS (
    SELECT * FROM ended
    UNION ALL
    SELECT * FROM running
), grounds AS (
    SELECT e.workflow, e.version, e.district, e.department, e.month, e.element, e.lane, e.step, e.rule,
           json_object_agg(e.ground, e.ms ORDER BY e.ground)::text AS stopped_by,
           json_object_agg(e.ground, e.n ORDER BY e.ground)::text AS stopped_runs
      FROM (SELECT n.workflow, n.version, n.district, n.department, n.month, n.element, n.lane, n.step,
                   n.rule, g.key AS ground, sum(g.value::bigint)::bigint AS ms, count(*) AS n
              FROM ended n
             CROSS JOIN LATERAL json_each_text(n.stopped_by::json) AS g
             WHERE n.stopped_by IS NOT NULL
             GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9, 10) AS e
     GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9
), figures AS (
    SELECT e.workflow, e.version, e.district, e.department, e.month, e.element, e.lane, e.step, e.rule,
           max(e.kind)::bigint AS kind,
           string_agg(DISTINCT e.limited, ', ' ORDER BY e.limited) AS limited,
           count(*) FILTER (WHERE NOT e.open AND e.verdict <> 3) AS n,
           count(*) FILTER (WHERE e.open) AS n_open,
           count(*) FILTER (WHERE e.verdict = 1) AS n_on_time,
           count(*) FILTER (WHERE e.verdict = 2 OR e.past) AS n_late,
           count(*) FILTER (WHERE e.verdict = 3) AS n_cancelled,
           count(*) FILTER (WHERE e.explained) AS n_explained,
           coalesce(sum(e.elapsed_ms) FILTER (WHERE NOT e.open AND e.verdict <> 3), 0)::bigint AS elapsed,
           coalesce(sum(e.counted_ms) FILTER (WHERE NOT e.open AND e.verdict <> 3), 0)::bigint AS counted,
           coalesce(sum(e.stopped_ms) FILTER (WHERE NOT e.open AND e.verdict <> 3), 0)::bigint AS stopped,
           percentile_disc(ARRAY[0.5, 0.9, 0.95, 1]) WITHIN GROUP (ORDER BY e.elapsed_ms)
               FILTER (WHERE NOT e.open AND e.verdict <> 3) AS elapsed_ranks,
           percentile_disc(ARRAY[0.5, 0.9, 0.95, 1]) WITHIN GROUP (ORDER BY e.counted_ms)
               FILTER (WHERE NOT e.open AND e.verdict <> 3) AS counted_ranks
      FROM everything e
     GROUP BY e.workflow, e.version, e.district, e.department, e.month, e.element, e.lane, e.step, e.rule
)
SELECT f.*, g.stopped_by, g.stopped_runs
  FROM figures f
  LEFT JOIN grounds g
    ON g.workflow = f.workflow AND g.version IS NOT DISTINCT FROM f.version
   AND g.district IS NOT DISTINCT FROM f.district
   AND g.department IS NOT DISTINCT FROM f.department AND g.month IS NOT DISTINCT FROM f.month
   AND g.element IS NOT DISTINCT FROM f.element AND g.lane IS NOT DISTINCT FROM f.lane
   AND g.step IS NOT DISTINCT FROM f.step AND g.rule IS NOT DISTINCT FROM f.rule
 ORDER BY f.workflow, f.version, f.district, f.department, f.month, f.element, f.lane,
          f.step NULLS LAST, f.rule NULLS FIRST;

-- name: stats_holders (cell, workflow, version, district, from, to, by_version, by_district, by_month, by_lane, by_role)
-- One row per holder, and one without for the whole.  All moments are cut to
-- whole milliseconds first, so that parts add up.  How many cases a period has
-- the planner cannot know: they and their stays are found one index at a time
-- (OFFSET 0 keeps that), then nothing is joined any more, and whose turn a stay
-- was, which the step says in the version it was of, is looked up; where a department was chosen
-- the stay says it.  Of stays of one holder side by side, each has what those
-- before it have left.  `n` is how many hold at once, and when it is one, `who`.
WITH known AS MATERIALIZED (
    SELECT d.id, d.workflow, d.hash, d.body::jsonb AS body,
           ($3::text IS NULL OR d.hash = $3::text) AS asked
      FROM definitions d
     WHERE $2::text IS NULL OR d.workflow = $2::text
), turns AS MATERIALIZED (
    SELECT jsonb_object_agg(k.id || ' ' || h.step, jsonb_build_array(
               h.holder, CASE WHEN $11::bigint = 1 THEN h.role END)) AS of
      FROM known k
     CROSS JOIN LATERAL step_holders(k.body) AS h
), closed AS (
    SELECT c.*
      FROM known q
     CROSS JOIN LATERAL (
        SELECT x.definition, x.id, x.district, x.lane, x.opened, x.closed
          FROM cases x
         WHERE x.cell = $1::bigint AND x.definition = q.id
           AND x.closed >= coalesce($5::timestamptz, '-infinity')
           AND x.closed < coalesce($6::timestamptz, 'infinity')
        OFFSET 0) AS c
    UNION ALL
    SELECT g.*
      FROM known q
     CROSS JOIN LATERAL (
        SELECT x.definition, x.id, x.district, x.lane, x.opened, x.closed
          FROM purged x
         WHERE x.cell = $1::bigint AND x.definition = q.id
           AND x.closed >= coalesce($5::timestamptz, '-infinity')
           AND x.closed < coalesce($6::timestamptz, 'infinity')
        OFFSET 0) AS g
), ended AS MATERIALIZED (
    SELECT e.*, dense_rank() OVER (ORDER BY e.workflow, e.version, e.district, e.month, e.lane) AS g
      FROM (SELECT c.id, k.workflow,
                   floor(extract(epoch FROM c.opened) * 1000)::bigint AS since,
                   floor(extract(epoch FROM c.closed) * 1000)::bigint AS till,
                   CASE WHEN $7::bigint = 1 THEN k.hash END AS version,
                   CASE WHEN $8::bigint = 1 THEN c.district END AS district,
                   CASE WHEN $9::bigint = 1
                        THEN to_char(c.closed AT TIME ZONE 'Asia/Shanghai', 'YYYY-MM') END AS month,
                   CASE WHEN $10::bigint = 1 THEN c.lane END AS lane
              FROM closed c
              JOIN known k ON k.id = c.definition AND k.asked
             WHERE $4::text IS NULL OR c.district = $4::text) AS e
), stays AS (
    SELECT n.g, n.id, coalesce(x.turn ->> 0, t.department) AS holder, x.turn ->> 1 AS role,
           greatest(n.since, floor(extract(epoch FROM t.started) * 1000)::bigint) AS since,
           least(n.till, floor(extract(epoch FROM t.ended) * 1000)::bigint) AS till
      FROM ended n
     CROSS JOIN LATERAL (
        SELECT x.definition, x.step, x.department, x.started, x.ended
          FROM timings x
         WHERE x.cell = $1::bigint AND x.case_id = n.id AND (x.clock = 0 OR x.rule = x.step)
        OFFSET 0) AS t
     CROSS JOIN turns
     CROSS JOIN LATERAL (SELECT turns.of -> (t.definition || ' ' || t.step)) AS x (turn)
     WHERE x.turn IS NOT NULL
), held AS MATERIALIZED (
    SELECT s.g, s.id, s.holder, s.role, s.who, greatest(s.since, s.had) AS since, s.till
      FROM (SELECT s.*, dense_rank() OVER (PARTITION BY s.id ORDER BY s.holder, s.role) AS who,
                   max(s.till) OVER (PARTITION BY s.id, s.holder, s.role ORDER BY s.since, s.till
                                     ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS had
              FROM stays s
             WHERE s.since < s.till) AS s
     WHERE s.had IS NULL OR s.had < s.till
), pieces AS MATERIALIZED (
    SELECT b.g, b.id, sum(b.step) OVER w AS n, (sum(b.step * b.who) OVER w)::bigint AS who,
           lead(b.at) OVER w - b.at AS ms
      FROM (SELECT h.g, h.id, h.since AS at, 1 AS step, h.who FROM held h
            UNION ALL
            SELECT h.g, h.id, h.till, -1, h.who FROM held h) AS b
    WINDOW w AS (PARTITION BY b.id ORDER BY b.at)
), parts AS (
    SELECT e.g, e.id, 0 AS who, NULL::text AS holder, NULL::text AS role, e.till - e.since AS held,
           0 AS alone, 0 AS shared
      FROM ended e
    UNION ALL
    SELECT p.g, p.id, 0, NULL, NULL, 0, CASE WHEN p.n = 1 THEN p.ms ELSE 0 END,
           CASE WHEN p.n > 1 THEN p.ms ELSE 0 END
      FROM pieces p
     WHERE p.n > 0 AND p.ms > 0
    UNION ALL
    SELECT h.g, h.id, h.who, h.holder, h.role, h.till - h.since, 0, h.till - h.since
      FROM held h
    UNION ALL
    SELECT p.g, p.id, p.who, NULL, NULL, 0, p.ms, -p.ms
      FROM pieces p
     WHERE p.n = 1 AND p.ms > 0
), each AS (
    SELECT p.g, max(p.holder) AS holder, max(p.role) AS role, sum(p.held)::bigint AS held,
           sum(p.alone)::bigint AS alone, sum(p.shared)::bigint AS shared
      FROM parts p
     GROUP BY p.g, p.id, p.who
), open AS (
    SELECT k.workflow, CASE WHEN $7::bigint = 1 THEN k.hash END AS version,
           CASE WHEN $8::bigint = 1 THEN c.district END AS district,
           CASE WHEN $10::bigint = 1 THEN c.lane END AS lane, o.holder, o.role, count(*) AS n
      FROM cases c
      JOIN known k ON k.id = c.definition AND k.asked
     CROSS JOIN turns
     CROSS JOIN LATERAL (
        SELECT NULL AS holder, NULL AS role
        UNION ALL
        SELECT DISTINCT coalesce(x.turn ->> 0, v.item ->> 'department'), x.turn ->> 1
          FROM jsonb_array_elements(c.state::jsonb -> 'visits') AS v (item)
         CROSS JOIN LATERAL (SELECT turns.of -> (k.id || ' ' || (v.item ->> 'step'))) AS x (turn)
         WHERE x.turn IS NOT NULL) AS o
     WHERE c.cell = $1::bigint AND c.phase = 1 AND $6::timestamptz IS NULL
       AND ($4::text IS NULL OR c.district = $4::text)
     GROUP BY 1, 2, 3, 4, 5, 6
), figures AS (
    SELECT w.workflow, w.version, w.district, w.month, w.lane, e.role, e.holder, e.n, 0 AS n_open,
           e.held, e.alone, e.shared, e.ranks
      FROM (SELECT e.g, e.holder, e.role, count(*) AS n, sum(e.held)::bigint AS held,
                   sum(e.alone)::bigint AS alone, sum(e.shared)::bigint AS shared,
                   percentile_disc(ARRAY[0.5, 0.9, 0.95, 1]) WITHIN GROUP (ORDER BY e.held) AS ranks
              FROM each e
             GROUP BY e.g, e.holder, e.role) AS e
      JOIN (SELECT DISTINCT e.g, e.workflow, e.version, e.district, e.month, e.lane
              FROM ended e) AS w ON w.g = e.g
    UNION ALL
    SELECT o.workflow, o.version, o.district, NULL, o.lane, o.role, o.holder, 0, o.n, 0, 0, 0, NULL
      FROM open o
)
SELECT f.workflow, f.version, f.district, f.month, f.lane, f.role, f.holder, sum(f.n)::bigint,
       sum(f.n_open)::bigint, sum(f.held)::bigint, sum(f.alone)::bigint, sum(f.shared)::bigint,
       sum(f.held - f.alone - f.shared)::bigint, max(f.ranks)
  FROM figures f
 GROUP BY f.workflow, f.version, f.district, f.month, f.lane, f.role, f.holder
 ORDER BY f.workflow, f.version, f.district, f.month, f.lane, f.holder NULLS LAST, f.role;

-- name: stats_cases (cell, workflow, version, district, from, to, by_version, by_district, by_month, by_lane)
-- One row per workflow: cases that have closed, and what was counted of them.
WITH known AS (
    SELECT d.id, d.workflow, d.hash
      FROM definitions d
     WHERE ($2::text IS NULL OR d.workflow = $2::text)
       AND ($3::text IS NULL OR d.hash = $3::text)
), everything AS (
    SELECT k.workflow, k.hash, c.district, c.lane, c.opened, c.closed, c.outcome, n.notices,
           n.late_notices, n.extensions, n.hand_overs, n.hand_backs, n.transit_ms
      FROM known k
     CROSS JOIN LATERAL (
        SELECT x.id, x.district, x.lane, x.opened, x.closed, x.outcome
          FROM cases x
         WHERE x.cell = $1::bigint AND x.definition = k.id
           AND x.closed >= coalesce($5::timestamptz, '-infinity')
           AND x.closed < coalesce($6::timestamptz, 'infinity')
        OFFSET 0) AS c
     CROSS JOIN LATERAL (SELECT x.* FROM case_counts x
                          WHERE x.cell = $1::bigint AND x.id = c.id
                         OFFSET 0) AS n
    UNION ALL
    SELECT k.workflow, k.hash, g.district, g.lane, g.opened, g.closed, g.outcome, g.notices,
           g.late_notices, g.extensions, g.hand_overs, g.hand_backs, g.transit_ms
      FROM known k
     CROSS JOIN LATERAL (
        SELECT x.*
          FROM purged x
         WHERE x.cell = $1::bigint AND x.definition = k.id
           AND x.closed >= coalesce($5::timestamptz, '-infinity')
           AND x.closed < coalesce($6::timestamptz, 'infinity')
        OFFSET 0) AS g
    UNION ALL
    SELECT k.workflow, k.hash, c.district, c.lane, c.opened, NULL, NULL, 0, 0, 0, 0, 0, 0
      FROM cases c
      JOIN known k ON k.id = c.definition
     WHERE c.cell = $1::bigint AND c.phase = 1 AND $6::timestamptz IS NULL
), grouped AS (
    SELECT e.*, CASE WHEN $7::bigint = 1 THEN e.hash END AS by_version,
           CASE WHEN $8::bigint = 1 THEN e.district END AS by_district,
           CASE WHEN $9::bigint = 1
                THEN to_char(e.closed AT TIME ZONE 'Asia/Shanghai', 'YYYY-MM') END AS by_month,
           CASE WHEN $10::bigint = 1 THEN e.lane END AS by_lane,
           floor(extract(epoch FROM e.closed) * 1000)::bigint
           - floor(extract(epoch FROM e.opened) * 1000)::bigint AS elapsed_ms
      FROM everything e
     WHERE $4::text IS NULL OR e.district = $4::text
), outcomes AS (
    SELECT o.workflow, o.by_version, o.by_district, o.by_month, o.by_lane,
           json_object_agg(o.outcome, o.n ORDER BY o.outcome)::text AS outcomes
      FROM (SELECT g.workflow, g.by_version, g.by_district, g.by_month, g.by_lane, g.outcome,
                   count(*) AS n
              FROM grouped g
             WHERE g.outcome IS NOT NULL
             GROUP BY 1, 2, 3, 4, 5, 6) AS o
     GROUP BY 1, 2, 3, 4, 5
), figures AS (
    SELECT g.workflow, g.by_version, g.by_district, g.by_month, g.by_lane,
           count(g.closed) AS n, count(*) - count(g.closed) AS n_open,
           coalesce(sum(g.elapsed_ms), 0)::bigint AS elapsed,
           percentile_disc(ARRAY[0.5, 0.9, 0.95, 1]) WITHIN GROUP (ORDER BY g.elapsed_ms)
               FILTER (WHERE g.closed IS NOT NULL) AS ranks,
           coalesce(sum(g.notices), 0)::bigint AS notices,
           coalesce(sum(g.late_notices), 0)::bigint AS late_notices,
           coalesce(sum(g.extensions), 0)::bigint AS extensions,
           coalesce(sum(g.hand_overs), 0)::bigint AS hand_overs,
           coalesce(sum(g.hand_backs), 0)::bigint AS hand_backs,
           coalesce(sum(g.transit_ms), 0)::bigint AS transit
      FROM grouped g
     GROUP BY g.workflow, g.by_version, g.by_district, g.by_month, g.by_lane
)
SELECT f.workflow, f.by_version, f.by_district, f.by_month, f.by_lane, f.n, f.n_open, o.outcomes,
       f.elapsed, f.ranks, f.notices, f.late_notices, f.extensions, f.hand_overs, f.hand_backs,
       f.transit
  FROM figures f
  LEFT JOIN outcomes o
    ON o.workflow = f.workflow AND o.by_version IS NOT DISTINCT FROM f.by_version
   AND o.by_district IS NOT DISTINCT FROM f.by_district
   AND o.by_month IS NOT DISTINCT FROM f.by_month AND o.by_lane IS NOT DISTINCT FROM f.by_lane
 ORDER BY f.workflow, f.by_version, f.by_district, f.by_month, f.by_lane;

-- name: stats_cards (cell, workflow, district, department, from, to, by_district, by_department, by_month)
-- One row per kind and colour of the cards of each workflow: how many were issued, and how many
-- of them came how far.
SELECT c.workflow,
       CASE WHEN $7::bigint = 1 THEN c.district END AS district,
       CASE WHEN $8::bigint = 1 THEN c.department END AS department,
       CASE WHEN $9::bigint = 1
            THEN to_char(c.issued AT TIME ZONE 'Asia/Shanghai', 'YYYY-MM') END AS month,
       c.kind::bigint, c.colour::bigint,
       count(*),
       count(*) FILTER (WHERE m.states & 2 <> 0),
       count(*) FILTER (WHERE m.states & 4 <> 0),
       count(*) FILTER (WHERE m.states & 8 <> 0),
       count(*) FILTER (WHERE m.states & 16 <> 0),
       count(*) FILTER (WHERE c.state = 5)
  FROM cards c
  LEFT JOIN (SELECT m.card, bit_or(1 << m.state) AS states
               FROM card_moves m
              WHERE m.cell = $1::bigint
              GROUP BY m.card) AS m ON m.card = c.id
 WHERE c.cell = $1::bigint
   AND ($2::text IS NULL OR c.workflow = $2::text)
   AND ($3::text IS NULL OR c.district = $3::text)
   AND ($4::text IS NULL OR c.department = $4::text)
   AND ($5::timestamptz IS NULL OR c.issued >= $5::timestamptz)
   AND ($6::timestamptz IS NULL OR c.issued < $6::timestamptz)
 GROUP BY c.workflow, 2, 3, 4, c.kind, c.colour
 ORDER BY c.workflow, 2, 3, 4, c.kind, c.colour;
