-- SPDX-License-Identifier: Apache-2.0
-- Everything of one enterprise 一企一档, and who has looked.

-- name: access_note (account, what, subject, request)
INSERT INTO accesses (at, account, what, subject, request)
SELECT p.moment, $1::text, $2::text, $3::text, $4::text
  FROM present p;

-- name: party_page (cell, party, before, most, district)
-- Its cases, newest first, in the columns of case_list, and when one was purged; a NULL district takes all.
SELECT c.id, c.number, c.workflow, c.definition, c.district, c.kind, c.applicant, c.phase,
       c.public, c.opened, c.closed, c.outcome, c.revision, c.moment, c.alarm, c.purged
  FROM party_cases x
 CROSS JOIN LATERAL (SELECT y.id, y.number, y.workflow, y.definition, y.district, y.kind,
                            y.applicant, y.phase, y.public, y.opened, y.closed, y.outcome,
                            y.revision, y.moment, y.alarm, NULL::timestamptz AS purged
                       FROM cases y WHERE y.cell = $1::bigint AND y.id = x.case_id
                      UNION ALL
                     SELECT g.id, g.number, g.workflow, g.definition, g.district, g.kind, NULL, 2,
                            g.public, g.opened, g.closed, g.outcome, g.revision, g.closed, NULL,
                            g.purged
                       FROM purged g WHERE g.cell = $1::bigint AND g.id = x.case_id
                      LIMIT 1) AS c
 WHERE x.cell = $1::bigint AND x.party = $2::text
   AND ($3::bigint = 0 OR x.case_id < $3::bigint)
   AND ($5::text IS NULL OR c.district = $5::text)
 ORDER BY x.cell DESC, x.party DESC, x.case_id DESC
 LIMIT $4::bigint;

-- name: party_certificates (cell, cases)
-- Columns as in certificate_show, and the case.
SELECT x.nth, CASE WHEN x.state = 0 THEN coalesce(v.state, 0::smallint) ELSE x.state END, x.number,
       x.kind, x.issued, x.until, coalesce(x.discarded, v.at), coalesce(x.reason, v.reason),
       x.replaces, x.key, x.code, x.document, x.body, p.moment, x.parted, v.by, x.case_id
  FROM unnest($2::bigint[]) AS n (id)
 CROSS JOIN LATERAL (SELECT y.* FROM certificates y
                      WHERE y.cell = $1::bigint AND y.case_id = n.id
                      ORDER BY y.nth
                      LIMIT 1000) AS x
  LEFT JOIN certificate_voids v
    ON v.cell = $1::bigint AND v.case_id = x.case_id AND v.nth = x.nth
 CROSS JOIN present p
 ORDER BY x.case_id, x.nth;

-- name: party_holds (cell, party, case)
-- Its certificates in force, newest first: what it holds is never asked for again.  No party:
-- that of the case, whose own do not count.
SELECT x.kind, x.number
  FROM party_cases n
 CROSS JOIN LATERAL (SELECT y.* FROM certificates y
                      WHERE y.cell = $1::bigint AND y.case_id = n.case_id AND y.state = 0
                        AND NOT y.parted
                        AND NOT EXISTS (SELECT FROM certificate_voids v
                                         WHERE v.cell = $1::bigint AND v.case_id = y.case_id
                                           AND v.nth = y.nth)
                      ORDER BY y.nth
                      LIMIT 1000) AS x
 CROSS JOIN present p
 WHERE n.cell = $1::bigint
   AND n.party = coalesce($2::text, (SELECT coalesce(c.born, c.party)
                                       FROM cases c
                                      WHERE c.cell = $1::bigint AND c.id = $3::bigint))
   AND n.case_id <> $3::bigint
   AND (x.until IS NULL OR x.until > p.moment)
 ORDER BY x.case_id DESC, x.nth DESC
 LIMIT 1000;

-- name: party_broken (cell, parties, cases)
-- The promises that a party broke in other cases, as they stand, the newest 100; case 0: of all.
SELECT n.party, n.case_id, b.at
  FROM (SELECT DISTINCT u.party, u.case_id
          FROM unnest($2::text[], $3::bigint[]) AS u (party, case_id)) AS n
 CROSS JOIN LATERAL (SELECT y.at FROM broken_promises y
                      WHERE y.cell = $1::bigint AND y.party = n.party AND y.case_id <> n.case_id
                        AND EXISTS (SELECT FROM party_cases z
                                     WHERE z.cell = $1::bigint AND z.party = n.party
                                       AND z.case_id = y.case_id)
                      ORDER BY y.at DESC
                      LIMIT 100) AS b;

-- name: broken_forget (cell, parties, case)
DELETE FROM broken_promises b
 WHERE b.cell = $1::bigint AND b.party = ANY ($2::text[]) AND b.case_id = $3::bigint;

-- name: broken_insert (cell, party, case, materials, moments)
INSERT INTO broken_promises (cell, party, case_id, material, at)
SELECT $1::bigint, $2::text, $3::bigint, n.material, n.at
  FROM unnest($4::text[], $5::timestamptz[]) AS n (material, at);

-- name: broken_lead (cell)
-- One daemon at a time; the lock ends with the connection.
SELECT pg_try_advisory_lock(1869509749, $1::bigint::integer);

-- name: broken_sweep (cell, after, up_to)
-- What a release of before this table wrote in a piece of the ids: it says that a promise was
-- broken, and not when.  The lock is that of a batch: what it decides meanwhile is seen.
WITH held AS MATERIALIZED (
    SELECT c.id, c.party, c.state, c.moment
      FROM cases c
     WHERE c.cell = $1::bigint AND c.id > $2::bigint AND c.id <= $3::bigint
       AND c.party IS NOT NULL AND c.state LIKE '%"state":"broken"%'
     ORDER BY c.id
       FOR SHARE
)
INSERT INTO broken_promises (cell, party, case_id, material, at)
SELECT $1::bigint, h.party, h.id, m.value ->> 'material',
       coalesce((SELECT max(f.at) FROM facts f
                  WHERE f.cell = $1::bigint AND f.case_id = h.id
                    AND f.body LIKE '%"fact":"material"%"name":"broken"%'), h.moment)
  FROM held h
 CROSS JOIN LATERAL json_array_elements(h.state::json -> 'materials') AS m
 WHERE m.value ->> 'state' = 'broken' AND m.value ->> 'broken' IS NULL
   AND m.value ->> 'restored' IS NULL
    ON CONFLICT DO NOTHING
RETURNING case_id;

-- name: party_changes (cell, cases, kind)
-- What was written anew in its forms.
SELECT x.case_id, x.number, x.at, x.actor, x.body
  FROM unnest($2::bigint[]) AS n (id)
 CROSS JOIN LATERAL (SELECT y.* FROM facts y
                      WHERE y.cell = $1::bigint AND y.case_id = n.id AND y.kind = $3::bigint
                      ORDER BY y.number
                      LIMIT 1000) AS x
 ORDER BY x.case_id, x.number;

-- name: party_ratings (cell, cases)
-- Records in which a case has set what it was rated.
SELECT x.case_id, x.number, x.at, x.actor, x.body
  FROM unnest($2::bigint[]) AS n (id)
 CROSS JOIN LATERAL (SELECT y.* FROM facts y
                      WHERE y.cell = $1::bigint AND y.case_id = n.id
                        AND y.body LIKE '%"name":"case.rating"%'
                      ORDER BY y.number
                      LIMIT 1000) AS x
 ORDER BY x.case_id, x.number;

-- name: party_states (cell, cases)
SELECT c.id, c.state
  FROM unnest($2::bigint[]) AS n (id)
 CROSS JOIN LATERAL (SELECT y.id, y.state FROM cases y
                      WHERE y.cell = $1::bigint AND y.id = n.id
                      LIMIT 1) AS c;

-- name: party_cards (cell, cases, department)
-- Columns as in card_list, and the case; a NULL department takes all.
SELECT x.id, k.number, x.record, x.issued, x.due, x.clock, x.epoch, x.kind, x.colour, x.state,
       x.workflow, x.district, x.department, x.step, x.rule, x.element,
       (SELECT json_agg(json_build_object('number', m.number,
                                          'at', (extract(epoch FROM m.at) * 1000000)::bigint,
                                          'state', m.state, 'by', m.actor, 'reason', m.reason)
                        ORDER BY m.number)::text
          FROM card_moves m
         WHERE m.cell = $1::bigint AND m.card = x.id),
       x.case_id
  FROM unnest($2::bigint[]) AS n (id)
 CROSS JOIN LATERAL (SELECT y.* FROM cards y
                      WHERE y.cell = $1::bigint AND y.case_id = n.id
                      ORDER BY y.id
                      LIMIT 1000) AS x
 CROSS JOIN LATERAL (SELECT z.number FROM cases z
                      WHERE z.cell = $1::bigint AND z.id = n.id
                      LIMIT 1) AS k
 WHERE $3::text IS NULL OR x.department = $3::text
 ORDER BY x.case_id, x.id;
