-- SPDX-License-Identifier: Apache-2.0
-- What cases say to one another.

-- name: relay_due (cell, most, failing, cases, sources, children)
-- The oldest first, so that they are mostly heard in the order in which they were said.  Behind
-- one that fails does not come what the same case said later to the same of the same child.
SELECT r.id, r.case_id, r.source, r.child, r.what, r.body, s.number, s.district, s.kind,
       coalesce(s.born, s.party),
       s.applicant, s.query, coalesce(s.follows, s.number), s.claimed
  FROM relay r
 CROSS JOIN LATERAL (SELECT c.* FROM cases c WHERE c.cell = $1::bigint AND c.id = r.source
                      LIMIT 1) AS s
 WHERE r.cell = $1::bigint
   AND (r.id IN (SELECT unnest($3::bigint[]))
        OR (r.case_id, r.source, r.child) NOT IN (
               SELECT f.case_id, f.source, f.child
                 FROM unnest($4::bigint[], $5::bigint[], $6::bigint[])
                      AS f (case_id, source, child)))
 ORDER BY r.cell, r.id
 LIMIT $2::bigint;

-- name: relay_take (cell, ids)
-- In a batch: those that are still there and that no other daemon is about to apply.
SELECT l.id
  FROM unnest($2::bigint[]) AS n (id)
 CROSS JOIN LATERAL (SELECT r.id FROM relay r WHERE r.cell = $1::bigint AND r.id = n.id
                        FOR UPDATE SKIP LOCKED) AS l;

-- name: relay_done (cell, ids)
DELETE FROM relay r
 WHERE r.cell = $1::bigint AND r.id = ANY ($2::bigint[]);

-- name: relay_insert (cell, moment, cases, sources, children, whats, bodies)
INSERT INTO relay (cell, id, at, case_id, source, child, what, body)
SELECT $1::bigint, nextval('relay_ids'), $2::timestamptz, n.case_id, n.source, n.child, n.what, n.body
  FROM unnest($3::bigint[], $4::bigint[], $5::bigint[], $6::text[], $7::text[])
       AS n (case_id, source, child, what, body);

-- name: relay_overdue (cell, seconds)
-- How many, a thousand at most, nobody could hear for so long; and the oldest: since when, the
-- number of the case that says it, its own.  For `onestop doctor`.
SELECT count(*), (array_agg(o.at ORDER BY o.id))[1],
       (SELECT c.number FROM cases c
         WHERE c.cell = $1::bigint AND c.id = (array_agg(o.source ORDER BY o.id))[1]),
       min(o.id)
  FROM (SELECT r.id, r.at, r.source
          FROM relay r
         WHERE r.cell = $1::bigint
           AND EXISTS (SELECT FROM cases c WHERE c.cell = $1::bigint AND c.id = r.source)
           AND r.at < (SELECT p.moment FROM present p) - $2::bigint * interval '1 second'
         ORDER BY r.cell, r.id
         LIMIT 1000) AS o;

-- name: relay_fail (cell, id, body)
-- A child that cannot even be tried to be opened: its parent hears it.  No row: another daemon
-- is about to try.
UPDATE relay r
   SET case_id = r.source, what = 'concluded', body = $3::text
  FROM (SELECT h.id FROM relay h
         WHERE h.cell = $1::bigint AND h.id = $2::bigint AND h.case_id = 0
           FOR UPDATE SKIP LOCKED) AS held
 WHERE r.cell = $1::bigint AND r.id = held.id
RETURNING r.id;
