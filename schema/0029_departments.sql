-- SPDX-License-Identifier: Apache-2.0
-- Departments that are chosen when their step is entered.

-- Who holds a case while a step is open, of every step in which somebody acts or something is
-- waited for: a department, an outside system, applicant or public, as visit_holder() of the core
-- has it, and in which role.  NULL: the department is chosen, and each stay says which it was.
CREATE OR REPLACE FUNCTION step_holders (body jsonb)
RETURNS TABLE (step text, holder text, role text)
LANGUAGE sql IMMUTABLE STRICT ROWS 50 AS $$
    WITH RECURSIVE place AS (
        SELECT s.key AS path, s.value AS step, NULL::jsonb AS around
          FROM jsonb_each(body -> 'steps') AS s
        UNION ALL
        SELECT p.path || '.' || i.path, i.step, coalesce(p.step -> 'department', p.around)
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
        SELECT p.path, coalesce(p.step -> 'department', p.around) AS department,
               -- Who may act while something is waited for does not hold it.
               CASE WHEN NOT p.step ?| '{wait,cases,ballot}' THEN p.step ->> 'by' END AS actor
          FROM place p
         WHERE NOT p.step ?| '{steps,branches,foreach,decide,end}'
    )
    SELECT l.path,
           CASE WHEN l.actor IN ('applicant', 'public') THEN l.actor
                WHEN jsonb_typeof(l.department) = 'object' THEN NULL
                WHEN l.actor LIKE 'system:%' THEN coalesce(l.department #>> '{}', substr(l.actor, 8))
                ELSE coalesce(l.department #>> '{}', body ->> 'lead') END,
           CASE WHEN l.actor NOT IN ('applicant', 'public') AND l.actor NOT LIKE 'system:%'
                THEN l.actor END
      FROM leaf l
$$;
