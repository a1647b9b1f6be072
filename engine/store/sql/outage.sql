-- SPDX-License-Identifier: Apache-2.0
-- Outages of a hall.

-- name: outage_record (cell, district, since, until, reason, document, account)
-- Once for a hall and an interval: what was recorded before comes back as it is.  No row: it is
-- not over yet.
INSERT INTO outages AS o (cell, district, since, until, reason, document, account, recorded)
SELECT $1::bigint, $2::text, $3::timestamptz, $4::timestamptz, $5::text, $6::text, $7::text,
       p.moment
  FROM present p
 WHERE p.moment >= $4::timestamptz
    ON CONFLICT (cell, district, since, until) DO UPDATE SET cell = excluded.cell
RETURNING o.id, o.district, o.since, o.until, o.reason, o.document, o.account, o.recorded, o.done,
          o.cases, o.refused, o.trouble, o.xmax = 0;

-- name: outage_list (cell, before, most, district)
-- Newest first, from before the id `before` (0: from the newest); of a district (NULL: any), and
-- those of the whole city.
SELECT o.id, o.district, o.since, o.until, o.reason, o.document, o.account, o.recorded, o.done,
       o.cases, o.refused, o.trouble
  FROM outages o
 WHERE o.cell = $1::bigint AND (o.id < $2::bigint OR $2::bigint = 0)
   AND ($4::text IS NULL OR o.district IN ($4::text, '*'))
 ORDER BY o.id DESC
 LIMIT $3::bigint;

-- name: outage_lead (cell)
-- One daemon at a time; the lock ends with the connection.
SELECT pg_try_advisory_lock(1869509748, $1::bigint::integer);

-- name: outage_next (cell)
-- The oldest that open cases may not have yet.
SELECT o.id, o.district, o.since, o.until, o.reason, o.document, o.account
  FROM outages o
 WHERE o.cell = $1::bigint AND o.done IS NULL
 ORDER BY o.id
 LIMIT 1;

-- name: outage_done (cell, id, cases, refused, trouble)
UPDATE outages o
   SET done = p.moment, cases = $3::bigint, refused = $4::bigint, trouble = $5::text
  FROM present p
 WHERE o.cell = $1::bigint AND o.id = $2::bigint AND o.done IS NULL;
