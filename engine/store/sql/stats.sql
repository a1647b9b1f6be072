-- SPDX-License-Identifier: Apache-2.0
-- Step statistics; what each figure means is in api/statistics.md.

-- name: stats_steps (cell, workflow, version, district, department, from, to, by_version, by_district, by_department, by_month, by_element)
-- One row per step and per clock.  Percentiles are nearest-rank on whole
-- milliseconds (percentile_disc), so they are observed values.  What is open is
-- read from the cases themselves, with what the clock says at this moment: the
-- clocks of steps, and behind them those of the case (`wholeCase`).
WITH known AS (
    SELECT d.id, d.workflow, d.hash
      FROM definitions d
     WHERE ($2::text IS NULL OR d.workflow = $2::text)
       AND ($3::text IS NULL OR d.hash = $3::text)
), ended AS (
    SELECT k.workflow, t.step, t.rule, t.kind, t.limited, t.verdict, t.elapsed_ms, t.counted_ms,
           t.stopped_ms, t.stopped_by, t.explanation IS NOT NULL AS explained, false AS open,
           false AS past,
           CASE WHEN $8::bigint = 1 THEN k.hash END AS version,
           CASE WHEN $9::bigint = 1 THEN t.district END AS district,
           CASE WHEN $10::bigint = 1 THEN t.department END AS department,
           CASE WHEN $11::bigint = 1
                THEN to_char(t.ended AT TIME ZONE 'Asia/Shanghai', 'YYYY-MM') END AS month,
           CASE WHEN $12::bigint = 1 THEN t.element END AS element
      FROM timings t
      JOIN known k ON k.id = t.definition
     WHERE t.cell = $1::bigint
       AND ($4::text IS NULL OR t.district = $4::text)
       AND ($5::text IS NULL OR t.department = $5::text)
       AND ($6::timestamptz IS NULL OR t.ended >= $6::timestamptz)
       AND ($7::timestamptz IS NULL OR t.ended < $7::timestamptz)
), living AS (
    SELECT k.workflow, k.hash, c.district, s.state -> 'visits' AS visits, p.moment,
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
           CASE WHEN $12::bigint = 1 THEN v.item ->> 'element' END AS element
      FROM living l
     CROSS JOIN LATERAL jsonb_array_elements(l.clocks) AS r (item)
      LEFT JOIN LATERAL jsonb_array_elements(l.visits) AS v (item)
             ON v.item ->> 'visit' = r.item ->> 'visit'
     WHERE r.item -> 'verdict' IS NULL
    UNION ALL
    SELECT l.workflow, v.item ->> 'step', NULL, NULL, NULL, 0::smallint, 0, 0, 0, NULL, false, true, false,
           CASE WHEN $8::bigint = 1 THEN l.hash END,
           CASE WHEN $9::bigint = 1 THEN l.district END, NULL, NULL,
           CASE WHEN $12::bigint = 1 THEN v.item ->> 'element' END
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
    SELECT e.workflow, e.version, e.district, e.department, e.month, e.element, e.step, e.rule,
           json_object_agg(e.ground, e.ms ORDER BY e.ground)::text AS stopped_by
      FROM (SELECT n.workflow, n.version, n.district, n.department, n.month, n.element, n.step, n.rule,
                   g.key AS ground, sum(g.value::bigint)::bigint AS ms
              FROM ended n
             CROSS JOIN LATERAL json_each_text(n.stopped_by::json) AS g
             WHERE n.stopped_by IS NOT NULL
             GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9) AS e
     GROUP BY 1, 2, 3, 4, 5, 6, 7, 8
)
SELECT e.workflow, e.version, e.district, e.department, e.month, e.element, e.step, e.rule,
       max(e.kind)::bigint,
       string_agg(DISTINCT e.limited, ', ' ORDER BY e.limited),
       count(*) FILTER (WHERE NOT e.open AND e.verdict <> 3),
       count(*) FILTER (WHERE e.open),
       count(*) FILTER (WHERE e.verdict = 1),
       count(*) FILTER (WHERE e.verdict = 2 OR e.past),
       count(*) FILTER (WHERE e.verdict = 3),
       count(*) FILTER (WHERE e.explained),
       coalesce(sum(e.elapsed_ms) FILTER (WHERE NOT e.open AND e.verdict <> 3), 0)::bigint,
       coalesce(sum(e.counted_ms) FILTER (WHERE NOT e.open AND e.verdict <> 3), 0)::bigint,
       coalesce(sum(e.stopped_ms) FILTER (WHERE NOT e.open AND e.verdict <> 3), 0)::bigint,
       percentile_disc(ARRAY[0.5, 0.9, 0.95, 1]) WITHIN GROUP (ORDER BY e.elapsed_ms)
           FILTER (WHERE NOT e.open AND e.verdict <> 3),
       percentile_disc(ARRAY[0.5, 0.9, 0.95, 1]) WITHIN GROUP (ORDER BY e.counted_ms)
           FILTER (WHERE NOT e.open AND e.verdict <> 3),
       g.stopped_by
  FROM everything e
  LEFT JOIN grounds g
    ON g.workflow = e.workflow AND g.version IS NOT DISTINCT FROM e.version
   AND g.district IS NOT DISTINCT FROM e.district
   AND g.department IS NOT DISTINCT FROM e.department AND g.month IS NOT DISTINCT FROM e.month
   AND g.element IS NOT DISTINCT FROM e.element
   AND g.step IS NOT DISTINCT FROM e.step AND g.rule IS NOT DISTINCT FROM e.rule
 GROUP BY e.workflow, e.version, e.district, e.department, e.month, e.element, e.step, e.rule, g.stopped_by
 ORDER BY e.workflow, e.version, e.district, e.department, e.month, e.element, e.step NULLS LAST,
          e.rule NULLS FIRST;
