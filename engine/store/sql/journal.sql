-- SPDX-License-Identifier: Apache-2.0
-- The order of everything, and what is due.

-- name: journal_last (cell)
-- Where the numberer stands, and how old the oldest row without a number is.
SELECT coalesce((SELECT n.last FROM numberer n WHERE n.cell = $1::bigint), 0),
       coalesce((SELECT (extract(epoch FROM p.moment - min(j.at)) * 1000000)::bigint
                   FROM journal j
                  WHERE j.cell = $1::bigint AND j.number IS NULL), 0)
  FROM present p;

-- name: journal_number (cell, last, most)
-- Gives the next numbers to every row that no transaction can come before any
-- more.  Two at once: the second finds `last` moved and does nothing.
WITH ripe AS (
    SELECT j.id, row_number() OVER (ORDER BY j.xid, j.id) AS place
      FROM journal j
     WHERE j.cell = $1::bigint AND j.number IS NULL
       AND j.xid < pg_snapshot_xmin(pg_current_snapshot())
     ORDER BY j.xid, j.id
     LIMIT $3::bigint
), taken AS (
    INSERT INTO numberer AS n (cell, last)
    SELECT $1::bigint, r.most FROM (SELECT max(place) AS most FROM ripe) r
     WHERE r.most IS NOT NULL AND $2::bigint = 0
        ON CONFLICT (cell) DO NOTHING
    RETURNING n.last
), moved AS (
    UPDATE numberer n
       SET last = n.last + r.most
      FROM (SELECT max(place) AS most FROM ripe) r
     WHERE n.cell = $1::bigint AND n.last = $2::bigint AND r.most IS NOT NULL
    RETURNING n.last
)
UPDATE journal j
   SET number = $2::bigint + r.place
  FROM ripe r
 WHERE j.cell = $1::bigint AND j.id = r.id
   AND (EXISTS (SELECT FROM moved) OR EXISTS (SELECT FROM taken))
RETURNING j.number;

-- name: alarm_due (cell, most)
-- Cases at which the core must look again, or at which `look` has fallen behind
-- the alarm; locks nothing.
SELECT c.id
  FROM cases c
 WHERE c.cell = $1::bigint AND c.look < (SELECT p.moment FROM present p)
 ORDER BY c.cell, c.look
 LIMIT $2::bigint;

-- name: alarm_overdue (cell, seconds)
-- How many cases, a thousand at most, nobody could look at for so long; and the one that waits
-- longest, for `onestop doctor`.
SELECT count(*), min(o.look), (array_agg(o.number ORDER BY o.look, o.id))[1]
  FROM (SELECT c.id, c.look, c.number
          FROM cases c
         WHERE c.cell = $1::bigint
           AND c.look < (SELECT p.moment FROM present p) - $2::bigint * interval '1 second'
         ORDER BY c.cell, c.look
         LIMIT 1000) AS o;

-- name: key_purge (cell, age_seconds, most)
-- Forgets keys past their age, a few at a time.  Those of imports are of the
-- year 9999 and stay: a log may be brought in again, longer, after years.
-- Those another daemon is forgetting are left to it.
WITH old AS MATERIALIZED (
    SELECT o.scope, o.digest
      FROM keys o, present p
     WHERE o.cell = $1::bigint AND o.created < p.moment - $2::bigint * interval '1 second'
       AND o.status <> 0
     LIMIT $3::bigint
       FOR UPDATE OF o SKIP LOCKED
)
DELETE FROM keys k
 USING old
 WHERE k.cell = $1::bigint AND k.scope = old.scope AND k.digest = old.digest;
