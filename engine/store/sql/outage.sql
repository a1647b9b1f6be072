-- SPDX-License-Identifier: Apache-2.0
-- Outages of a hall.

-- name: outage_record (cell, district, since, until, reason, document, account)
-- Once for a hall and an interval: what was recorded before, and was not taken back, comes back
-- as it is.  No row: it is not over yet.
INSERT INTO outages AS o (cell, district, since, until, reason, document, account, recorded)
SELECT $1::bigint, $2::text, $3::timestamptz, $4::timestamptz, $5::text, $6::text, $7::text,
       p.moment
  FROM present p
 WHERE p.moment >= $4::timestamptz
    ON CONFLICT (cell, district, since, until) WHERE annulled IS NULL
    DO UPDATE SET cell = excluded.cell
RETURNING o.id, o.district, o.since, o.until, o.reason, o.document, o.account, o.recorded, o.done,
          o.cases, o.refused, o.trouble, o.unreached, o.annulled, o.annulled_by, o.annulment,
          o.undone, o.restored, o.xmax = 0;

-- name: outage_list (cell, before, most, district)
-- Newest first, from before the id `before` (0: from the newest); of a district (NULL: any), and
-- those of the whole city.
SELECT o.id, o.district, o.since, o.until, o.reason, o.document, o.account, o.recorded, o.done,
       o.cases, o.refused, o.trouble, o.unreached, o.annulled, o.annulled_by, o.annulment,
       o.undone, o.restored
  FROM outages o
 WHERE o.cell = $1::bigint AND (o.id < $2::bigint OR $2::bigint = 0)
   AND ($4::text IS NULL OR o.district IN ($4::text, '*'))
 ORDER BY o.id DESC
 LIMIT $3::bigint;

-- name: outage_show (cell, id)
SELECT o.id, o.district, o.since, o.until, o.reason, o.document, o.account, o.recorded, o.done,
       o.cases, o.refused, o.trouble, o.unreached, o.annulled, o.annulled_by, o.annulment,
       o.undone, o.restored, p.moment
  FROM outages o
 CROSS JOIN present p
 WHERE o.cell = $1::bigint AND o.id = $2::bigint;

-- name: outage_annul (cell, id, account, reason)
-- It was none.  Said twice, the first holds.  It comes to no case any more that has not got it.
UPDATE outages o
   SET done = coalesce(o.done, p.moment),
       annulled = coalesce(o.annulled, p.moment),
       annulled_by = coalesce(o.annulled_by, $3::text),
       annulment = coalesce(o.annulment, $4::text)
  FROM present p
 WHERE o.cell = $1::bigint AND o.id = $2::bigint
RETURNING o.id, o.district, o.since, o.until, o.reason, o.document, o.account, o.recorded, o.done,
          o.cases, o.refused, o.trouble, o.unreached, o.annulled, o.annulled_by, o.annulment,
          o.undone, o.restored;

-- name: outage_hold (cell)
-- Until the transaction ends nobody begins to take an outage to the cases, or back from them.
SELECT pg_advisory_xact_lock_shared(1869509750, $1::bigint::integer);

-- name: outage_await (cell, milliseconds)
-- Until the cases are there that are being opened late, and may not have seen what was recorded
-- or taken back meanwhile; those that follow see it.  Waits so long, then it is refused (55P03).
  WITH patience AS MATERIALIZED (
    SELECT set_config('lock_timeout', $2::bigint::text, true)
  )
SELECT pg_advisory_xact_lock(1869509750, $1::bigint::integer)
  FROM patience;

-- name: outage_since (cell, district, since)
-- Those of a district, and of the whole city, that had not ended by then.
SELECT o.id, o.since, o.until, o.reason, o.document, o.account
  FROM outages o
 WHERE o.cell = $1::bigint AND o.district IN ($2::text, '*') AND o.until > $3::timestamptz
   AND o.annulled IS NULL
 ORDER BY o.id;

-- name: outage_retry (cell, id)
-- Where cases could not take it, or give it back, all are gone over again; id 0: for all such.
UPDATE outages o
   SET done = CASE WHEN o.annulled IS NULL THEN NULL ELSE o.done END, undone = NULL
 WHERE o.cell = $1::bigint AND o.refused > 0 AND (o.id = $2::bigint OR $2::bigint = 0);

-- name: outage_lead (cell)
-- One daemon at a time; the lock ends with the connection.
SELECT pg_try_advisory_lock(1869509748, $1::bigint::integer);

-- name: outage_next (cell)
-- The oldest that open cases may not have yet, or that some may have still although it was none.
SELECT o.id, o.district, o.since, o.until, o.reason, o.document, o.account, o.annulled,
       o.annulment, o.annulled_by
  FROM outages o
 WHERE o.cell = $1::bigint
   AND CASE WHEN o.annulled IS NULL THEN o.done ELSE o.undone END IS NULL
 ORDER BY o.id
 LIMIT 1;

-- name: outage_annulled (cell, id)
-- Whether it was none, for who takes it to the cases.
SELECT o.annulled IS NOT NULL FROM outages o WHERE o.cell = $1::bigint AND o.id = $2::bigint;

-- name: outage_done (cell, id, cases, refused, trouble, unreached)
-- Gone over again, cases that have closed meanwhile are still among them.
UPDATE outages o
   SET done = p.moment, cases = greatest(o.cases, $3::bigint), refused = $4::bigint,
       trouble = $5::text, unreached = $6::text
  FROM present p
 WHERE o.cell = $1::bigint AND o.id = $2::bigint AND o.done IS NULL;

-- name: outage_undone (cell, id, cases, refused, trouble, unreached)
UPDATE outages o
   SET undone = p.moment, restored = greatest(o.restored, $3::bigint), refused = $4::bigint,
       trouble = $5::text, unreached = $6::text
  FROM present p
 WHERE o.cell = $1::bigint AND o.id = $2::bigint AND o.annulled IS NOT NULL AND o.undone IS NULL;

-- name: outage_try (cell, district, since, until)
-- What is recorded already of the interval; and what time it is.
SELECT p.moment, o.id
  FROM present p
  LEFT JOIN outages o ON o.cell = $1::bigint AND o.district = $2::text
                     AND o.since = $3::timestamptz AND o.until = $4::timestamptz
                     AND o.annulled IS NULL;

-- name: outage_page (cell, district, after, up_to, most)
-- Open cases of a district (NULL: of all) in a piece of the ids; columns as in sweep_page.
SELECT c.id, c.definition, c.number, c.rules, c.head, c.state, c.form, c.workflow, c.party,
       c.applicant, c.query, p.moment, c.district
  FROM cases c
 CROSS JOIN present p
 WHERE c.cell = $1::bigint AND c.id > $3::bigint AND c.id <= $4::bigint AND c.phase = 1
   AND ($2::text IS NULL OR c.district = $2::text)
 ORDER BY c.id
 LIMIT $5::bigint;

-- name: outage_unreached (cell)
-- Outages that some cases could not take, or give back; and how many cases.
SELECT count(*), coalesce(sum(o.refused), 0)::bigint
  FROM outages o
 WHERE o.cell = $1::bigint AND o.refused > 0;
