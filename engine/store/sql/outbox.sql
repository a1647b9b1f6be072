-- SPDX-License-Identifier: Apache-2.0
-- Messages to outside systems, on their way out.  Who delivers to a system is
-- one daemon at a time (destination_hold), and its statements follow one
-- another on one connection: so that what it sent is what it finds sent.

-- name: outbox_due (cell, systems, mosts)
-- What may go out now: of each case and system the first that is not through,
-- so that they arrive in order; a dead one holds those behind it.
-- Each is marked before it goes: what is not marked has never left the house,
-- and a case that takes it back may still drop it.  One that somebody holds is
-- left for the next look: nobody is waited for.  (OFFSET 0: what is before it
-- is asked of each; a join could but read all.)
WITH due AS MATERIALIZED (
    SELECT o.case_id, o.number, o.system, o.visit, o.step, o.at, o.tries, o.body,
           c.number AS case_number, c.workflow, c.district, o.awaits, o.undoes, o.tried
      FROM unnest($2::text[], $3::bigint[]) AS n (system, most)
     CROSS JOIN LATERAL (SELECT x.*
                           FROM outbox x
                          WHERE x.cell = $1::bigint AND x.system = n.system AND x.state = 0
                            AND x.next_try <= (SELECT p.moment FROM present p)
                            AND NOT EXISTS (SELECT FROM outbox b
                                             WHERE b.cell = $1::bigint AND b.case_id = x.case_id
                                               AND b.number < x.number AND b.system = x.system
                                               AND b.state IN (0, 2)
                                            OFFSET 0)
                          ORDER BY x.cell, x.system, x.next_try
                          LIMIT n.most) AS o
     CROSS JOIN LATERAL (SELECT y.number, y.workflow, y.district FROM cases y
                          WHERE y.cell = $1::bigint AND y.id = o.case_id LIMIT 1) AS c
), free AS MATERIALIZED (
    SELECT l.case_id, l.number
      FROM due d
     CROSS JOIN LATERAL (SELECT x.case_id, x.number
                           FROM outbox x
                          WHERE x.cell = $1::bigint AND x.case_id = d.case_id
                            AND x.number = d.number AND x.state < 1 AND x.tried IS NULL
                            FOR NO KEY UPDATE SKIP LOCKED) AS l
), marked AS (
    UPDATE outbox o
       SET tried = p.moment
      FROM free f, present p
     WHERE o.cell = $1::bigint AND o.case_id = f.case_id AND o.number = f.number
    RETURNING o.case_id, o.number
)
SELECT d.case_id, d.number, d.system, d.visit, d.step, d.at, d.tries, d.body, d.case_number,
       d.workflow, d.district, d.awaits, d.undoes
  FROM due d
 WHERE d.tried IS NOT NULL
    OR EXISTS (SELECT FROM marked m WHERE m.case_id = d.case_id AND m.number = d.number);

-- name: outbox_blocked (cell, systems, most)
-- Of those first in line, what stands behind a message that is tried again later
-- or is dead: and when to look at it again.
SELECT f.case_id, f.number,
       CASE b.state WHEN 2 THEN q.moment + interval '1 hour' ELSE b.next_try END
  FROM present q, unnest($2::text[]) AS n (system)
 CROSS JOIN LATERAL (SELECT x.case_id, x.number
                       FROM outbox x
                      WHERE x.cell = $1::bigint AND x.system = n.system AND x.state = 0
                        AND x.next_try <= (SELECT p.moment FROM present p)
                      ORDER BY x.cell, x.system, x.next_try
                      LIMIT $3::bigint) AS f
 CROSS JOIN LATERAL (SELECT y.state, y.next_try
                       FROM outbox y
                      WHERE y.cell = $1::bigint AND y.case_id = f.case_id
                        AND y.number < f.number AND y.system = n.system
                        AND y.state IN (0, 2)
                      ORDER BY y.number
                      LIMIT 1) AS b
 WHERE b.state = 2 OR b.next_try > q.moment;

-- name: outbox_park (cell, case, number, until)
-- It is looked at again then, or when outbox_wake says so; so that a long queue
-- behind such messages is not looked through ten times a second.  One that
-- somebody holds is not waited for: it is found again.
UPDATE outbox o
   SET next_try = $4::timestamptz
 WHERE o.cell = $1::bigint AND o.case_id = $2::bigint
   AND o.number = (SELECT x.number
                     FROM outbox x
                    WHERE x.cell = $1::bigint AND x.case_id = $2::bigint
                      AND x.number = $3::bigint
                      FOR NO KEY UPDATE SKIP LOCKED)
   AND o.state < 1; -- not "= 0", or the index of what is due, which begins with the cell, is taken

-- name: outbox_result (cell, case, number, state, wait, status, trouble)
-- What became of an attempt; `wait` in microseconds until the next.  What was
-- dropped meanwhile stays dropped, unless it has arrived.
UPDATE outbox o
   SET state = $4::bigint, tries = o.tries + 1, tried = p.moment,
       next_try = p.moment + $5::bigint * interval '1 microsecond',
       status = $6::bigint, trouble = $7::text
  FROM present p
 WHERE o.cell = $1::bigint AND o.case_id = $2::bigint AND o.number = $3::bigint
   AND (o.state = 0 OR (o.state = 3 AND $4::bigint = 1));

-- name: outbox_wake (cell, case, number)
-- What stands behind that message is due at once.
UPDATE outbox o
   SET next_try = p.moment
  FROM present p
 WHERE o.cell = $1::bigint AND o.case_id = $2::bigint
   AND o.number = (SELECT x.number
                     FROM outbox x
                    WHERE x.cell = $1::bigint AND x.case_id = $2::bigint AND x.number > $3::bigint
                      AND x.state = 0
                      AND x.system = (SELECT y.system FROM outbox y
                                       WHERE y.cell = $1::bigint AND y.case_id = $2::bigint
                                         AND y.number = $3::bigint)
                    ORDER BY x.case_id, x.number
                    LIMIT 1)
   AND o.next_try > p.moment;

-- name: outbox_dead (cell, system, district, after_case, after_number, most)
-- Dead messages, oldest case first, from behind the cursor (start: 0, 0); a NULL filter takes all.
SELECT o.case_id, o.number, o.system, o.visit, o.step, o.at, o.state, o.tries, o.next_try, o.tried,
       o.status, o.trouble, o.body, c.number, c.workflow,
       (SELECT count(*)
          FROM (SELECT y.system, y.state FROM outbox y
                 WHERE y.cell = $1::bigint AND y.case_id = o.case_id AND y.number > o.number
                OFFSET 0) AS b
         WHERE b.system = o.system AND b.state = 0) AS held, c.district, o.undoes
  FROM outbox o
 CROSS JOIN LATERAL (SELECT y.number, y.workflow, y.district FROM cases y
                      WHERE y.cell = $1::bigint AND y.id = o.case_id LIMIT 1) AS c
 WHERE o.cell = $1::bigint AND o.state = 2
   AND ($2::text IS NULL OR o.system = $2::text)
   AND ($3::text IS NULL OR c.district = $3::text)
   AND (o.case_id, o.number) > ($4::bigint, $5::bigint)
 ORDER BY o.case_id, o.number
 LIMIT $6::bigint;

-- name: outbox_find (cell, case, number)
-- Columns as in outbox_dead.
SELECT o.case_id, o.number, o.system, o.visit, o.step, o.at, o.state, o.tries, o.next_try, o.tried,
       o.status, o.trouble, o.body, c.number, c.workflow,
       (SELECT count(*)
          FROM (SELECT y.system, y.state FROM outbox y
                 WHERE y.cell = $1::bigint AND y.case_id = o.case_id AND y.number > o.number
                OFFSET 0) AS b
         WHERE b.system = o.system AND b.state = 0) AS held, c.district, o.undoes
  FROM outbox o, cases c
 WHERE o.cell = $1::bigint AND o.case_id = $2::bigint AND o.number = $3::bigint
   AND c.cell = $1::bigint AND c.id = o.case_id;

-- name: outbox_edit (cell, case, number, body, actor, reason)
-- Other data for a dead message; nothing is answered when it is not dead.
WITH old AS (
    SELECT o.body, o.system
      FROM outbox o
     WHERE o.cell = $1::bigint AND o.case_id = $2::bigint AND o.number = $3::bigint AND o.state = 2
       FOR NO KEY UPDATE
), changed AS (
    UPDATE outbox o
       SET body = $4::text
      FROM old
     WHERE o.cell = $1::bigint AND o.case_id = $2::bigint AND o.number = $3::bigint
    RETURNING o.number
), noted AS (
    INSERT INTO interventions (cell, at, actor, what, system, case_id, number, reason, before, after)
    SELECT $1::bigint, p.moment, $5::text, 'edit', old.system, $2::bigint, $3::bigint, $6::text,
           old.body, $4::text
      FROM old, present p
)
SELECT number FROM changed;

-- name: outbox_settle (cell, case, number, state, actor, what, reason)
-- Sends a dead message again (state 0, its tries anew) or drops it (state 3);
-- nothing is answered when it is not dead.  Of one that takes something back,
-- and is dropped, the case hears that nobody has to answer it any more, and why.
WITH changed AS (
    UPDATE outbox o
       SET state = $4::bigint, next_try = p.moment,
           tries = CASE WHEN $4::bigint = 0 THEN 0 ELSE o.tries END
      FROM present p
     WHERE o.cell = $1::bigint AND o.case_id = $2::bigint AND o.number = $3::bigint AND o.state = 2
    RETURNING o.system, o.undoes
), noted AS (
    INSERT INTO interventions (cell, at, actor, what, system, case_id, number, reason)
    SELECT $1::bigint, p.moment, $5::text, $6::text, c.system, $2::bigint, $3::bigint, $7::text
      FROM changed c, present p
), told AS (
    INSERT INTO relay (cell, id, at, case_id, source, child, what, body)
    SELECT $1::bigint, nextval('relay_ids'), p.moment, $2::bigint, $2::bigint, $3::bigint, 'undone',
           json_build_object('reason', $7::text)::text
      FROM changed c, present p
     WHERE $4::bigint = 3 AND c.undoes IS NOT NULL
)
SELECT system FROM changed;

-- name: outbox_replay_all (cell, system, most, actor, reason)
-- The oldest dead messages of a system, a bounded number at a time.
WITH chosen AS (
    SELECT o.ctid AS place
      FROM outbox o
     WHERE o.cell = $1::bigint AND o.system = $2::text AND o.state = 2
     ORDER BY o.case_id, o.number
     LIMIT $3::bigint
       FOR NO KEY UPDATE
), changed AS (
    UPDATE outbox o
       SET state = 0, next_try = p.moment, tries = 0
      FROM chosen c, present p
     WHERE o.cell = $1::bigint AND o.ctid = c.place AND o.state = 2
    RETURNING o.case_id, o.number
), noted AS (
    INSERT INTO interventions (cell, at, actor, what, system, case_id, number, reason)
    SELECT $1::bigint, p.moment, $4::text, 'replay', $2::text, c.case_id, c.number, $5::text
      FROM changed c, present p
)
SELECT count(*) FROM changed;
