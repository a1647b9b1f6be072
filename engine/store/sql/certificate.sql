-- SPDX-License-Identifier: Apache-2.0
-- Certificates: written with the case, signed afterwards, looked at by anybody.

-- name: certificate_insert (cell, cases, nths, numbers, kinds, definitions, issued, untils, parts, replaces, bodies)
INSERT INTO certificates (cell, case_id, nth, number, kind, definition, issued, until, parts,
                          replaces, body)
SELECT $1::bigint, n.case_id, n.nth, n.number, n.kind, n.definition, n.issued, n.until,
       n.parts::integer[], n.replaces, n.body
  FROM unnest($2::bigint[], $3::bigint[], $4::text[], $5::text[], $6::bigint[], $7::timestamptz[],
              $8::timestamptz[], $9::text[], $10::bigint[], $11::text[])
       AS n (case_id, nth, number, kind, definition, issued, until, parts, replaces, body);

-- name: certificate_discard (cell, cases, nths, states, moments, actors, reasons)
-- The case's row is locked, so nobody else changes these.
UPDATE certificates x
   SET state = n.state, discarded = n.at, discarder = n.actor, reason = n.reason
  FROM unnest($2::bigint[], $3::bigint[], $4::bigint[], $5::timestamptz[], $6::text[], $7::text[])
       AS n (case_id, nth, state, at, actor, reason)
 WHERE x.cell = $1::bigint AND x.case_id = n.case_id AND x.nth = n.nth;

-- name: certificate_void (cell, cases, nths, states, moments, sources, numbers, reasons, asked)
-- All in their order, in one statement: nobody waits in a circle.  Of those that somebody asked for,
-- whoever comes second is refused, by the second insert, and decides anew; of what holds no more as
-- a consequence, who was first has said why.
WITH n AS MATERIALIZED (
    SELECT x.case_id, x.nth, x.state, x.at, x.source, x.number, x.reason, x.asked,
           row_number() OVER (PARTITION BY x.case_id, x.nth ORDER BY x.asked DESC) AS place
      FROM unnest($2::bigint[], $3::bigint[], $4::bigint[], $5::timestamptz[], $6::bigint[],
                  $7::text[], $8::text[], $9::bigint[])
           AS x (case_id, nth, state, at, source, number, reason, asked)
), put AS (
    INSERT INTO certificate_voids (cell, case_id, nth, state, at, source, by, reason)
    SELECT $1::bigint, n.case_id, n.nth, n.state, n.at, n.source, n.number, n.reason
      FROM n
     WHERE n.place = 1
     ORDER BY n.case_id, n.nth
        ON CONFLICT (cell, case_id, nth) DO NOTHING
    RETURNING case_id, nth
)
INSERT INTO certificate_voids (cell, case_id, nth, state, at, source, by, reason)
SELECT $1::bigint, n.case_id, n.nth, n.state, n.at, n.source, n.number, n.reason
  FROM n
 WHERE n.asked = 1
   AND (n.place > 1
        OR NOT EXISTS (SELECT FROM put p WHERE p.case_id = n.case_id AND p.nth = n.nth));

-- name: certificate_parted (cell, cases, nths)
-- A part of each was revoked.
UPDATE certificates x
   SET parted = true
  FROM unnest($2::bigint[], $3::bigint[]) AS n (case_id, nth)
 WHERE x.cell = $1::bigint AND x.case_id = n.case_id AND x.nth = n.nth;

-- name: certificate_shorten (cell, cases, nths, untils)
-- A whole ends with the first of its parts as they stand; what its file says stays in its body.
-- (One may be shortened twice at once: the earliest end is its.)
UPDATE certificates x
   SET until = n.until
  FROM (SELECT u.case_id, u.nth, min(u.until) AS until
          FROM unnest($2::bigint[], $3::bigint[], $4::timestamptz[]) AS u (case_id, nth, until)
         GROUP BY u.case_id, u.nth) AS n
 WHERE x.cell = $1::bigint AND x.case_id = n.case_id AND x.nth = n.nth;

-- name: certificate_unsigned (cell, most)
SELECT x.case_id, x.nth, x.body
  FROM certificates x
 WHERE x.cell = $1::bigint AND x.document IS NULL
 ORDER BY x.cell, x.case_id, x.nth
 LIMIT $2::bigint;

-- name: certificate_signed (cell, cases, nths, keys, codes, documents)
-- The first to sign one has signed it; what a second made is thrown away unseen.  One that somebody
-- holds is signed at the next look: nobody is waited for.
UPDATE certificates x
   SET key = n.key, code = n.code, document = n.document
  FROM unnest($2::bigint[], $3::bigint[], $4::text[], $5::text[], $6::text[])
       AS n (case_id, nth, key, code, document)
 CROSS JOIN LATERAL (SELECT y.ctid AS place
                       FROM certificates y
                      WHERE y.cell = $1::bigint AND y.case_id = n.case_id AND y.nth = n.nth
                        AND y.document IS NULL
                        FOR NO KEY UPDATE SKIP LOCKED) AS l
 WHERE x.cell = $1::bigint AND x.ctid = l.place AND x.document IS NULL;

-- name: certificate_key_insert (id, algorithm, public)
INSERT INTO certificate_keys (id, algorithm, public, since)
SELECT $1::text, $2::text, $3::text, p.moment
  FROM present p
    ON CONFLICT (id) DO NOTHING;

-- name: certificate_key_list ()
SELECT k.id, k.algorithm, k.public, k.since
  FROM certificate_keys k
 ORDER BY k.since, k.id;

-- name: certificate_list (cell, case)
-- Columns as in certificate_show.
SELECT x.nth, CASE WHEN x.state = 0 THEN coalesce(v.state, 0::smallint) ELSE x.state END, x.number,
       x.kind, x.issued, x.until, coalesce(x.discarded, v.at), coalesce(x.reason, v.reason),
       x.replaces, x.key, x.code, x.document, x.body, p.moment, x.parted, v.by
  FROM certificates x
  LEFT JOIN certificate_voids v
    ON v.cell = $1::bigint AND v.case_id = x.case_id AND v.nth = x.nth
 CROSS JOIN present p
 WHERE x.cell = $1::bigint AND x.case_id = $2::bigint
 ORDER BY x.nth;

-- name: certificate_show (cell, case, nth)
-- One (0), its parts and what stands in their place, in this case or another (1), and what came in
-- its own place (2): the one asked for first.
WITH RECURSIVE one AS MATERIALIZED (
    SELECT x.*
      FROM certificates x
     WHERE x.cell = $1::bigint AND x.case_id = $2::bigint AND x.nth = $3::bigint
), line (case_id, nth) AS (
    SELECT o.case_id, p.nth
      FROM one o
     CROSS JOIN LATERAL unnest(o.parts) AS p (nth)
     UNION
    SELECT s.case_id, s.nth
      FROM line l
     CROSS JOIN LATERAL (SELECT y.case_id, y.nth
                           FROM certificates y
                          WHERE y.cell = $1::bigint AND y.case_id = l.case_id
                            AND y.replaces = l.nth
                          UNION ALL
                         SELECT z.case_id, z.nth
                           FROM certificate_voids v
                           JOIN certificates z ON z.cell = $1::bigint AND z.case_id = v.source
                                              AND z.number = v.by
                          WHERE v.cell = $1::bigint AND v.case_id = l.case_id
                            AND v.nth = l.nth) AS s
), shown (case_id, nth, role) AS (
    SELECT o.case_id, o.nth, 0 FROM one o
     UNION ALL
    SELECT l.case_id, l.nth, 1 FROM line l
     UNION ALL
    SELECT y.case_id, y.nth, 2
      FROM certificates y
     WHERE y.cell = $1::bigint AND y.case_id = $2::bigint AND y.replaces = $3::bigint
)
SELECT y.nth, CASE WHEN y.state = 0 THEN coalesce(v.state, 0::smallint) ELSE y.state END, y.number,
       y.kind, y.issued, y.until, coalesce(y.discarded, v.at), coalesce(y.reason, v.reason),
       y.replaces, y.key, y.code, y.document, y.body, p.moment, y.parted, v.by, s.role
  FROM shown s
  JOIN certificates y ON y.cell = $1::bigint AND y.case_id = s.case_id AND y.nth = s.nth
  LEFT JOIN certificate_voids v
    ON v.cell = $1::bigint AND v.case_id = y.case_id AND v.nth = y.nth
 CROSS JOIN present p
 ORDER BY s.role, y.case_id <> $2::bigint, y.case_id, y.nth;
