-- SPDX-License-Identifier: Apache-2.0
-- What the statistics count of a case besides its timings, also when the case is removed, and
-- whose turn a step is.

-- The few facts they ask for, among all that are there: extensions, and what is handed over,
-- taken over and handed back.
CREATE INDEX facts_apart ON facts (cell, case_id, number) WHERE kind IN (5, 27, 28, 29);

CREATE VIEW case_counts AS
SELECT c.cell, c.id,
       coalesce((s.state ->> 'notices')::bigint, 0) AS notices,
       coalesce((s.state ->> 'noticesLate')::bigint, 0) AS late_notices,
       f.extensions, f.hand_overs, f.hand_backs, f.transit_ms
  FROM cases c
 -- Most have given no notice, and are not read for it.
 CROSS JOIN LATERAL (SELECT CASE WHEN c.state LIKE '%"notices"%' THEN c.state::jsonb END) AS s (state)
 CROSS JOIN LATERAL (
    SELECT count(*) FILTER (WHERE x.kind = 5) AS extensions,
           count(*) FILTER (WHERE x.kind = 27) AS hand_overs,
           count(*) FILTER (WHERE x.kind = 29) AS hand_backs,
           -- From the handing over until the answer to it; to the end where none came.
           coalesce(sum(x.answered - x.at) FILTER (WHERE x.kind = 27), 0)::bigint AS transit_ms
      FROM (SELECT f.kind, floor(extract(epoch FROM f.at) * 1000) AS at,
                   floor(extract(epoch FROM coalesce(
                       lead(f.at) OVER (PARTITION BY f.kind = 5 ORDER BY f.number), c.closed)) * 1000)
                       AS answered
              FROM facts f
             WHERE f.cell = c.cell AND f.case_id = c.id AND f.kind IN (5, 27, 28, 29)) AS x) AS f;

-- NULL: it was removed before these were counted.
ALTER TABLE purged ADD COLUMN lane         text,
                   ADD COLUMN notices      bigint,
                   ADD COLUMN late_notices bigint,
                   ADD COLUMN extensions   bigint,
                   ADD COLUMN hand_overs   bigint,
                   ADD COLUMN hand_backs   bigint,
                   ADD COLUMN transit_ms   bigint;
CREATE INDEX purged_closed ON purged (cell, definition, closed, id);
CREATE INDEX purged_lane ON purged (cell, lane, id) WHERE lane IS NOT NULL;

-- Who holds a case while a step is open, of every step in which somebody acts or something is
-- waited for: a department, an outside system, applicant or public, as step_holder() of the core
-- has it; and in which role.
CREATE FUNCTION step_holders (body jsonb)
RETURNS TABLE (step text, holder text, role text)
LANGUAGE sql IMMUTABLE STRICT ROWS 50 AS $$
    WITH RECURSIVE place AS (
        SELECT s.key AS path, s.value AS step, NULL::text AS around
          FROM jsonb_each(body -> 'steps') AS s
        UNION ALL
        SELECT p.path || '.' || i.path, i.step, coalesce(p.step ->> 'department', p.around)
          FROM place p
         CROSS JOIN LATERAL (
            SELECT s.key, s.value
              FROM jsonb_each(p.step -> 'steps') AS s
            UNION ALL
            SELECT b.key || '.' || s.key, s.value
              FROM jsonb_each(p.step -> 'branches') AS b
             CROSS JOIN LATERAL jsonb_each(b.value -> 'steps') AS s
            UNION ALL
            SELECT coalesce(p.step ->> 'as', 'item') || '.' || s.key, s.value
              FROM jsonb_each(p.step -> 'branch' -> 'steps') AS s) AS i (path, step)
    ), leaf AS (
        SELECT p.path, coalesce(p.step ->> 'department', p.around) AS department,
               -- Who may act while something is waited for does not hold it.
               CASE WHEN NOT p.step ?| '{wait,cases,ballot}' THEN p.step ->> 'by' END AS actor
          FROM place p
         WHERE NOT p.step ?| '{steps,branches,foreach,decide,end}'
    )
    SELECT l.path,
           CASE WHEN l.actor IN ('applicant', 'public') THEN l.actor
                WHEN l.actor LIKE 'system:%' THEN coalesce(l.department, substr(l.actor, 8))
                ELSE coalesce(l.department, body ->> 'lead') END,
           CASE WHEN l.actor NOT IN ('applicant', 'public') AND l.actor NOT LIKE 'system:%'
                THEN l.actor END
      FROM leaf l
$$;
