-- SPDX-License-Identifier: Apache-2.0
-- Cases whose retention is over: found, taken out, removed.

-- name: purge_lead (cell)
-- One daemon at a time; the lock ends with the connection.
SELECT pg_try_advisory_lock(1869509747, $1::bigint::integer);

-- name: purge_due (cell, after_definition, after_closed, after_case, most)
-- Closed cases past what their version says under `retain`, counted in days, months or years from
-- the day of closing; from behind the cursor.  What still has to be said or signed waits.  A version that says nothing keeps its cases.
SELECT c.definition, c.closed, c.id
  FROM (SELECT d.id, (d.body::json ->> 'retain')::interval AS span
          FROM definitions d
         WHERE d.body::json ->> 'retain' ~ '^[0-9]+ (day|month|year)s?$') AS k
 CROSS JOIN present p
 CROSS JOIN LATERAL (
    SELECT x.definition, x.closed, x.id
      FROM cases x
     WHERE x.cell = $1::bigint AND x.definition = k.id
       AND x.closed < p.moment - k.span + interval '3 days'
       AND ((x.closed AT TIME ZONE 'Asia/Shanghai')::date + k.span + interval '1 day')
           AT TIME ZONE 'Asia/Shanghai' <= p.moment
       AND (k.id > $2::bigint OR (x.closed, x.id) > ($3::timestamptz, $4::bigint))
       AND NOT EXISTS (SELECT FROM relay r
                        WHERE r.cell = $1::bigint AND x.id IN (r.case_id, r.source))
       AND NOT EXISTS (SELECT FROM outbox o
                        WHERE o.cell = $1::bigint AND o.case_id = x.id AND o.state = 0)
       AND NOT EXISTS (SELECT FROM certificates y
                        WHERE y.cell = $1::bigint AND y.case_id = x.id AND y.document IS NULL)
     ORDER BY x.cell, x.definition, x.closed, x.id
     LIMIT $5::bigint) AS c
 WHERE k.id >= $2::bigint
 ORDER BY k.id, c.closed, c.id
 LIMIT $5::bigint;

-- name: purge_facts (cell, cases)
-- All of their facts, with their place in the journal; what the row says is the end of the chain.
SELECT c.id, c.number, f.number, j.number, f.body, f.hash, c.recorded, c.head
  FROM unnest($2::bigint[]) AS n (id)
 CROSS JOIN LATERAL (SELECT x.* FROM cases x WHERE x.cell = $1::bigint AND x.id = n.id LIMIT 1) AS c
 CROSS JOIN LATERAL (SELECT x.* FROM facts x
                      WHERE x.cell = $1::bigint AND x.case_id = n.id
                      ORDER BY x.number LIMIT 100000) AS f
  LEFT JOIN LATERAL (SELECT x.number FROM journal x
                      WHERE x.cell = $1::bigint AND x.id = f.journal LIMIT 1) AS j ON true
 ORDER BY c.id, f.number;

-- name: purge_rows (cell, cases)
-- Everything else that is theirs, as JSON.
SELECT r.case_id, r.what, r.body,
       (SELECT c.number FROM cases c WHERE c.cell = $1::bigint AND c.id = r.case_id)
  FROM (SELECT c.id AS case_id, 'cases' AS what, to_json(c)::text AS body
          FROM cases c WHERE c.cell = $1::bigint AND c.id = ANY ($2::bigint[])
         UNION ALL
        SELECT t.case_id, 'timings', to_json(t)::text
          FROM timings t WHERE t.cell = $1::bigint AND t.case_id = ANY ($2::bigint[])
         UNION ALL
        SELECT o.case_id, 'outbox', to_json(o)::text
          FROM outbox o WHERE o.cell = $1::bigint AND o.case_id = ANY ($2::bigint[])
         UNION ALL
        SELECT i.case_id, 'inbox', to_json(i)::text
          FROM inbox i WHERE i.cell = $1::bigint AND i.case_id = ANY ($2::bigint[])
         UNION ALL
        SELECT i.case_id, 'interventions', to_json(i)::text
          FROM interventions i WHERE i.cell = $1::bigint AND i.case_id = ANY ($2::bigint[])
         UNION ALL
        SELECT x.case_id, 'certificates', to_json(x)::text
          FROM certificates x WHERE x.cell = $1::bigint AND x.case_id = ANY ($2::bigint[])
         UNION ALL
        SELECT f.case_id, 'files', to_json(f)::text
          FROM files f WHERE f.cell = $1::bigint AND f.case_id = ANY ($2::bigint[])
         UNION ALL
        SELECT m.case_id, 'mandates', to_json(m)::text
          FROM mandates m WHERE m.cell = $1::bigint AND m.case_id = ANY ($2::bigint[])
         UNION ALL
        SELECT k.case_id, 'cards', to_json(k)::text
          FROM cards k WHERE k.cell = $1::bigint AND k.case_id = ANY ($2::bigint[])
         UNION ALL
        SELECT k.case_id, 'card_moves', to_json(m)::text
          FROM cards k
          JOIN card_moves m ON m.cell = $1::bigint AND m.card = k.id
         WHERE k.cell = $1::bigint AND k.case_id = ANY ($2::bigint[])) AS r
 ORDER BY r.case_id, r.what;

-- name: purge (cell, cases, facts, heads, journals, archive)
-- Removes those that are still as they were exported and that nobody holds; one transaction.
-- Stays: the journal, timings, cards, moves and what is counted (no applicant is in them), certificates,
-- that the enterprise had the case, the hashes of messages and of keys.  Its files go with the next
-- sweep (file_sweep); what they were, and their hashes, is in the archive.  (The room of a case is
-- taken behind its files, as whoever ends one does.)
WITH gone AS MATERIALIZED (
    SELECT c.*, n.journal
      FROM unnest($2::bigint[], $3::bigint[], $4::bytea[], $5::bigint[])
           AS n (id, facts, head, journal)
     CROSS JOIN LATERAL (SELECT x.* FROM cases x
                          WHERE x.cell = $1::bigint AND x.id = n.id AND x.phase = 2
                            AND x.recorded = n.facts AND x.head = n.head
                            FOR UPDATE SKIP LOCKED) AS c
     WHERE NOT EXISTS (SELECT FROM relay r
                        WHERE r.cell = $1::bigint AND n.id IN (r.case_id, r.source))
       AND NOT EXISTS (SELECT FROM outbox o
                        WHERE o.cell = $1::bigint AND o.case_id = n.id AND o.state = 0)
       AND NOT EXISTS (SELECT FROM certificates x
                        WHERE x.cell = $1::bigint AND x.case_id = n.id AND x.document IS NULL)
), kept AS (
    INSERT INTO purged (cell, id, number, workflow, definition, district, kind, public, opened,
                        closed, outcome, revision, query, follows, facts, journal, head, purged,
                        archive, lane, notices, late_notices, extensions, hand_overs, hand_backs,
                        transit_ms)
    SELECT $1::bigint, g.id, g.number, g.workflow, g.definition, g.district, g.kind, g.public,
           g.opened, g.closed, g.outcome, g.revision, g.query, g.follows, g.recorded, g.journal,
           g.head, p.moment, $6::text, g.lane, k.notices, k.late_notices, k.extensions,
           k.hand_overs, k.hand_backs, k.transit_ms
      FROM present p, gone g
     CROSS JOIN LATERAL (SELECT x.* FROM case_counts x
                          WHERE x.cell = $1::bigint AND x.id = g.id) AS k
), facts_gone AS (
    DELETE FROM facts f USING gone g WHERE f.cell = $1::bigint AND f.case_id = g.id
), outbox_gone AS (
    DELETE FROM outbox o USING gone g WHERE o.cell = $1::bigint AND o.case_id = g.id
), interventions_gone AS (
    DELETE FROM interventions i USING gone g WHERE i.cell = $1::bigint AND i.case_id = g.id
), messages_emptied AS (
    UPDATE inbox i SET body = '', candidates = '{}' FROM gone g
     WHERE i.cell = $1::bigint AND i.case_id = g.id
), names_gone AS (
    DELETE FROM business_keys b USING gone g WHERE b.cell = $1::bigint AND b.case_id = g.id
), moves_emptied AS (
    UPDATE card_moves m SET reason = NULL FROM gone g, cards k
     WHERE m.cell = $1::bigint AND k.cell = $1::bigint AND k.case_id = g.id AND m.card = k.id
), files_given_up AS (
    UPDATE files f SET state = 2, attached = NULL FROM gone g
     WHERE f.cell = $1::bigint AND f.case_id = g.id
     RETURNING 1
), rooms_gone AS (
    DELETE FROM file_rooms r USING gone g
     WHERE r.cell = $1::bigint AND r.case_id = g.id
       AND (SELECT count(*) FROM files_given_up) >= 0
), first_handlers_gone AS (
    DELETE FROM first_handlers f USING gone g
     WHERE f.cell = $1::bigint AND f.account = g.first_handler AND f.case_id = g.id
), agents_gone AS (
    DELETE FROM mandates m USING gone g WHERE m.cell = $1::bigint AND m.case_id = g.id
), replies_emptied AS (
    UPDATE keys k SET body = NULL, etag = NULL FROM gone g
     WHERE k.cell = $1::bigint AND k.scope = g.id
), credit_gone AS (
    DELETE FROM broken_promises b USING gone g
     WHERE b.cell = $1::bigint AND b.party = coalesce(g.born, g.party) AND b.case_id = g.id
), cases_gone AS (
    DELETE FROM cases c USING gone g WHERE c.cell = $1::bigint AND c.id = g.id
)
SELECT g.id FROM gone g;

-- name: purge_kept (cell)
-- How many closed cases are past their retention, a thousand at most, for `onestop doctor`.
SELECT count(*)
  FROM (SELECT
          FROM definitions d
         CROSS JOIN present p
         CROSS JOIN LATERAL (
            SELECT FROM cases c
             WHERE c.cell = $1::bigint AND c.definition = d.id
               AND c.closed < p.moment - (d.body::json ->> 'retain')::interval - interval '1 day'
             LIMIT 1000) AS x
         WHERE d.body::json ->> 'retain' ~ '^[0-9]+ (day|month|year)s?$'
         LIMIT 1000) AS few;

-- name: purged_find (cell, id)
SELECT g.number, g.district, g.query, g.facts, g.head, g.purged, coalesce(g.follows, g.number)
  FROM purged g
 WHERE g.cell = $1::bigint AND g.id = $2::bigint;
