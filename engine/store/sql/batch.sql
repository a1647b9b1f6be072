-- SPDX-License-Identifier: Apache-2.0
-- What one batch of commands reads and writes, in its order.
--
-- They take whole arrays, one element per row.  Rows are found through LATERAL
-- subqueries that cannot be pulled up: so every plan looks them up by their
-- whole key, also the plans that are made, and kept, while a table is empty and
-- the planner takes `cell` for a selective column.

-- name: batch_lock (cell, cases)
-- Locks in the order given, which is that of ids; rows another batch holds are left out.
SELECT l.id
  FROM unnest($2::bigint[]) AS n (id)
 CROSS JOIN LATERAL (SELECT c.id FROM cases c WHERE c.cell = $1::bigint AND c.id = n.id
                        FOR NO KEY UPDATE SKIP LOCKED) AS l;

-- name: batch_lock_wait (cell, cases)
-- The same for a case that was always held: waits, within lock_timeout.
SELECT l.id
  FROM unnest($2::bigint[]) AS n (id)
 CROSS JOIN LATERAL (SELECT c.id FROM cases c WHERE c.cell = $1::bigint AND c.id = n.id
                        FOR NO KEY UPDATE) AS l;

-- name: key_reserve (cell, digests, requests, created)
-- Takes the keys of creating commands, in sorted order, so that two batches
-- wait for one another in one direction only.  A key taken by a transaction
-- under way is waited for.
INSERT INTO keys (cell, scope, digest, request, created, case_id, status)
SELECT $1::bigint, 0, n.digest, n.request, coalesce(n.created, p.moment), 0, 0
  FROM unnest($2::bytea[], $3::bytea[], $4::timestamptz[]) AS n (digest, request, created),
       present p
 ORDER BY n.digest
    ON CONFLICT (cell, scope, digest) DO NOTHING;

-- name: batch_begin (creating)
-- The time, read after the locks are held, and the numbers this transaction needs.
SELECT p.moment, nextval('journal_ids'),
       ARRAY (SELECT nextval('case_ids') FROM generate_series(1, $1::bigint))
  FROM present p;

-- name: key_read (cell, scopes, digests)
SELECT k.scope, k.digest, k.request, k.case_id, k.status, k.etag, k.body
  FROM unnest($2::bigint[], $3::bytea[]) AS n (scope, digest)
 CROSS JOIN LATERAL (SELECT x.*
                       FROM keys x
                      WHERE x.cell = $1::bigint AND x.scope = n.scope AND x.digest = n.digest
                      LIMIT 1) AS k;

-- name: batch_read (cell, cases)
-- Columns as in case_by_id, which rows.c reads, and what the indices say.
SELECT c.id, c.definition, c.number, c.rules, c.head, c.state, c.form, c.workflow, c.party,
       c.applicant, c.query, c.look, c.near::bigint[]
  FROM unnest($2::bigint[]) AS n (id)
 CROSS JOIN LATERAL (SELECT x.* FROM cases x WHERE x.cell = $1::bigint AND x.id = n.id
                      LIMIT 1) AS c;

-- name: case_history (cell, case)
-- All that happened: what a record is taken back by, and who held a clock when.
SELECT f.body
  FROM facts f
 WHERE f.cell = $1::bigint AND f.case_id = $2::bigint
 ORDER BY f.number;

-- name: case_insert (cell, ids, definitions, opened, queries, numbers, workflows, districts, kinds, parties, applicants, rules, phases, publics, revisions, recorded, moments, alarms, heads, desks, visits, dues, states, forms, closed, outcomes, looks, nears, follows, first_handlers)
INSERT INTO cases (cell, id, definition, opened, query, number, workflow, district, kind, party,
                   applicant, rules, phase, public, revision, recorded, moment, alarm, head, desk,
                   visit, due, state, form, closed, outcome, look, near, follows, first_handler)
SELECT $1::bigint, n.id, n.definition, n.opened, n.query, n.number, n.workflow, n.district, n.kind,
       n.party, n.applicant, $12::bigint, n.phase, n.public, n.revision, n.recorded, n.moment,
       n.alarm, n.head, n.desk::integer[], n.visit::integer[], n.due::bigint[], n.state, n.form,
       n.closed, n.outcome, n.look, n.near::integer[], n.follows, n.first_handler
  FROM unnest($2::bigint[], $3::bigint[], $4::timestamptz[], $5::bytea[], $6::text[], $7::text[],
              $8::text[], $9::text[], $10::text[], $11::text[], $13::bigint[], $14::bigint[],
              $15::bigint[], $16::bigint[], $17::timestamptz[], $18::timestamptz[], $19::bytea[],
              $20::text[], $21::text[], $22::text[], $23::text[], $24::text[],
              $25::timestamptz[], $26::text[], $27::timestamptz[], $28::text[], $29::text[],
              $30::text[])
       AS n (id, definition, opened, query, number, workflow, district, kind, party, applicant,
             phase, public, revision, recorded, moment, alarm, head, desk, visit, due, state,
             form, closed, outcome, look, near, follows, first_handler);

-- name: party_insert (cell, parties, cases)
-- A case may be there: it was opened at a counter, and what was looked at is recorded later.
INSERT INTO party_cases (cell, party, case_id)
SELECT $1::bigint, n.party, n.case_id
  FROM unnest($2::text[], $3::bigint[]) AS n (party, case_id)
    ON CONFLICT (cell, party, case_id) DO NOTHING;

-- name: case_founded (cell, id, born, was)
-- The enterprise that it has brought into being, and what it had said before is none
-- (NULL: none at all).  Whose it was when it was opened, it stays.
WITH left_behind AS (
    DELETE FROM party_cases p
     WHERE p.cell = $1::bigint AND p.party = $4::text AND p.case_id = $2::bigint
       AND p.party IS DISTINCT FROM $3::text
       AND p.party IS DISTINCT FROM (SELECT c.party FROM cases c
                                      WHERE c.cell = $1::bigint AND c.id = $2::bigint)
)
UPDATE cases c
   SET born = $3::text
 WHERE c.cell = $1::bigint AND c.id = $2::bigint;

-- name: case_identity (cell, id, claimed)
-- Whether who asks only says so himself, when that has changed.
UPDATE cases c
   SET claimed = ($3::bigint = 1)
 WHERE c.cell = $1::bigint AND c.id = $2::bigint;

-- name: case_code (cell, id, query)
-- Whom another case has named has been looked at, and gets a query code.
UPDATE cases c
   SET query = $3::bytea
 WHERE c.cell = $1::bigint AND c.id = $2::bigint;

-- name: case_update (cell, rules, ids, phases, publics, revisions, recorded, moments, alarms, heads, desks, visits, dues, states, closed, outcomes, looks, nears, definitions)
-- Finds each row by its whole key and updates it at its place, which nobody
-- moves: the row is locked.  With a statement for each case it was 20 µs a case, now 14.
UPDATE cases c
   SET rules = $2::bigint, phase = n.phase, public = n.public, revision = n.revision,
       recorded = n.recorded, moment = n.moment, alarm = n.alarm, head = n.head,
       desk = n.desk::integer[], visit = n.visit::integer[], due = n.due::bigint[],
       state = n.state, closed = n.closed, outcome = n.outcome, look = n.look,
       near = n.near::integer[], definition = n.definition
  FROM unnest($3::bigint[], $4::bigint[], $5::bigint[], $6::bigint[], $7::bigint[],
              $8::timestamptz[], $9::timestamptz[], $10::bytea[], $11::text[], $12::text[],
              $13::text[], $14::text[], $15::timestamptz[], $16::text[], $17::timestamptz[],
              $18::text[], $19::bigint[])
       AS n (id, phase, public, revision, recorded, moment, alarm, head, desk, visit, due, state,
             closed, outcome, look, near, definition)
 CROSS JOIN LATERAL (SELECT x.ctid AS place FROM cases x WHERE x.cell = $1::bigint AND x.id = n.id
                      LIMIT 1) AS l
 WHERE c.cell = $1::bigint AND c.ctid = l.place;

-- name: case_sort (cell, ids, lanes, ranks, labels)
-- Lane and labels, of the few cases whose have changed.
UPDATE cases c
   SET lane = n.lane, rank = n.rank, labels = n.labels::text[]
  FROM unnest($2::bigint[], $3::text[], $4::bigint[], $5::text[]) AS n (id, lane, rank, labels)
 CROSS JOIN LATERAL (SELECT x.ctid AS place FROM cases x WHERE x.cell = $1::bigint AND x.id = n.id
                      LIMIT 1) AS l
 WHERE c.cell = $1::bigint AND c.ctid = l.place;

-- name: first_handler_insert (cell, accounts, cases)
INSERT INTO first_handlers (cell, account, case_id)
SELECT $1::bigint, n.account, n.case_id
  FROM unnest($2::text[], $3::bigint[]) AS n (account, case_id);

-- name: first_handler_update (cell, case, account)
-- Somebody of the house has it now, or another than before.
WITH before AS (
    DELETE FROM first_handlers x
     USING cases c
     WHERE c.cell = $1::bigint AND c.id = $2::bigint
       AND x.cell = $1::bigint AND x.account = c.first_handler AND x.case_id = $2::bigint
       AND x.account <> $3::text
), listed AS (
    INSERT INTO first_handlers (cell, account, case_id)
    VALUES ($1::bigint, $3::text, $2::bigint)
        ON CONFLICT DO NOTHING
)
UPDATE cases c
   SET first_handler = $3::text
 WHERE c.cell = $1::bigint AND c.id = $2::bigint;

-- name: mandate_insert (cell, cases, numbers, accounts, whos, salts, queries)
INSERT INTO mandates (cell, case_id, number, account, who, salt, query)
SELECT $1::bigint, n.case_id, n.number, n.account, n.who, n.salt, n.query
  FROM unnest($2::bigint[], $3::bigint[], $4::text[], $5::text[], $6::bytea[], $7::bytea[])
       AS n (case_id, number, account, who, salt, query);

-- name: case_look (cell, id, look)
-- Somebody looked, and it was too early.
UPDATE cases c
   SET look = $3::timestamptz
 WHERE c.cell = $1::bigint AND c.id = $2::bigint;

-- name: form_update (cell, id, form)
UPDATE cases c
   SET form = $3::text
 WHERE c.cell = $1::bigint AND c.id = $2::bigint;

-- name: case_district (cell, id, district)
-- It was handed over.
UPDATE cases c
   SET district = $3::text
 WHERE c.cell = $1::bigint AND c.id = $2::bigint;

-- name: fact_insert (cell, journal, cases, numbers, moments, kinds, actors, bodies, hashes)
INSERT INTO facts (cell, journal, case_id, number, at, kind, actor, body, hash)
SELECT $1::bigint, $2::bigint, n.case_id, n.number, n.at, n.kind, n.actor, n.body, n.hash
  FROM unnest($3::bigint[], $4::bigint[], $5::timestamptz[], $6::bigint[], $7::text[], $8::text[],
              $9::bytea[]) AS n (case_id, number, at, kind, actor, body, hash);

-- name: timing_withdraw (cell, case, record)
-- An annulment takes back what the record it annuls had measured.
DELETE FROM timings t
 WHERE t.cell = $1::bigint AND t.case_id = $2::bigint AND t.record = $3::bigint;

-- name: timing_insert (cell, journal, cases, visits, clocks, records, definitions, started, ended, due, elapsed, counted, stopped, days, verdicts, kinds, cancelled, steps, rules, limits, departments, districts, grounds, actors, actions, elements, explanations, calendars)
INSERT INTO timings (cell, journal, case_id, visit, clock, record, definition, started, ended, due,
                     elapsed_ms, counted_ms, stopped_ms, counted_days, verdict, kind, cancelled,
                     step, rule, limited, department, district, stopped_by, actor, action, element,
                     explanation, calendar)
SELECT $1::bigint, $2::bigint, n.case_id, n.visit, n.clock, n.record, n.definition, n.started,
       n.ended, n.due, n.elapsed, n.counted, n.stopped, n.days, n.verdict, n.kind,
       n.cancelled <> 0, n.step, n.rule, n.limited, n.department, n.district, n.grounds, n.actor,
       n.action, n.element, n.explanation, n.calendar
  FROM unnest($3::bigint[], $4::bigint[], $5::bigint[], $6::bigint[], $7::bigint[],
              $8::timestamptz[], $9::timestamptz[], $10::timestamptz[], $11::bigint[],
              $12::bigint[], $13::bigint[], $14::bigint[], $15::bigint[], $16::bigint[],
              $17::bigint[], $18::text[], $19::text[], $20::text[], $21::text[], $22::text[],
              $23::text[], $24::text[], $25::text[], $26::text[], $27::text[], $28::text[])
       AS n (case_id, visit, clock, record, definition, started, ended, due, elapsed, counted,
             stopped, days, verdict, kind, cancelled, step, rule, limited, department, district,
             grounds, actor, action, element, explanation, calendar);

-- name: outbox_insert (cell, cases, numbers, systems, visits, steps, moments, bodies, awaits, arounds, undoes, regions)
INSERT INTO outbox (cell, case_id, number, system, visit, step, at, next_try, body, awaits, around,
                    undoes, region)
SELECT $1::bigint, n.case_id, n.number, n.system, n.visit, n.step, n.at, n.at, n.body,
       n.awaits <> 0, n.around::integer[], nullif(n.undoes, 0), n.region
  FROM unnest($2::bigint[], $3::bigint[], $4::text[], $5::bigint[], $6::text[], $7::timestamptz[],
              $8::text[], $9::bigint[], $10::text[], $11::bigint[], $12::text[])
       AS n (case_id, number, system, visit, step, at, body, awaits, around, undoes, region);

-- name: outbox_hold (cell, cases)
-- All that has not arrived, of cases whose messages are about to be changed: in one order, that of
-- cases and numbers, whoever changes them and in whatever order he then does.
SELECT l.number
  FROM (SELECT DISTINCT x.case_id FROM unnest($2::bigint[]) AS x (case_id)
         ORDER BY x.case_id) AS n
 CROSS JOIN LATERAL (SELECT o.number
                       FROM outbox o
                      WHERE o.cell = $1::bigint AND o.case_id = n.case_id AND o.state <> 1
                      ORDER BY o.number
                        FOR NO KEY UPDATE) AS l;

-- name: outbox_undo (cell, moment, cases, originals, undoes)
-- Of messages that are taken back, those that have not left the house: neither
-- goes, and the case hears that nobody has to answer.
WITH unsent AS (
    UPDATE outbox o
       SET state = 3
      FROM unnest($3::bigint[], $4::bigint[], $5::bigint[]) AS n (case_id, original, undo)
     WHERE o.cell = $1::bigint AND o.case_id = n.case_id AND o.number = n.original
       AND o.state = 0 AND o.tries = 0 AND o.tried IS NULL
    RETURNING n.case_id, n.undo
), idle AS (
    UPDATE outbox o
       SET state = 3
      FROM unsent u
     WHERE o.cell = $1::bigint AND o.case_id = u.case_id AND o.number = u.undo
)
INSERT INTO relay (cell, id, at, case_id, source, child, what, body)
SELECT $1::bigint, nextval('relay_ids'), $2::timestamptz, u.case_id, u.case_id, u.undo, 'undone', '{}'
  FROM unsent u;

-- name: outbox_drop (cell, moment, cases, visits, branches, lasts, records)
-- What was sent within what was left from outside (a stay; a branch of it; visit
-- 0: the case) and waits to go, does not; what takes something back does.  The
-- case hears of what had never left the house.  A daemon of before the column writes
-- no region: then it is the path of the step.  (state < 1: not "= 0", or the
-- index of what is due, of all cases, is taken.)
WITH dropped AS (
    UPDATE outbox o
       SET state = 3, dropped = n.record
      FROM unnest($3::bigint[], $4::bigint[], $5::text[], $6::bigint[], $7::bigint[])
           AS n (case_id, visit, branch, last, record)
     WHERE o.cell = $1::bigint AND o.case_id = n.case_id AND o.case_id = ANY ($3::bigint[])
       AND o.state < 1
       AND o.undoes IS NULL AND o.number <= n.last
       AND (n.visit = 0 OR o.around @> ARRAY[n.visit::integer])
       AND (coalesce(n.branch, '') = ''
            OR starts_with(coalesce(o.region, regexp_replace(o.step, '[.]?[^.]*$', '')) || '.',
                           n.branch || '.'))
    RETURNING o.case_id, o.number, n.record, o.tried
)
INSERT INTO relay (cell, id, at, case_id, source, child, what, body)
SELECT $1::bigint, nextval('relay_ids'), $2::timestamptz, d.case_id, d.case_id, d.record, 'dropped',
       format('{"messages":[%s]}', string_agg(d.number::text, ',' ORDER BY d.number))
  FROM dropped d
 WHERE d.tried IS NULL
 GROUP BY d.case_id, d.record;

-- name: outbox_restore (cell, case, record, moment)
-- The record is taken back: what was dropped with it goes after all.
UPDATE outbox o
   SET state = 0, dropped = NULL, next_try = $4::timestamptz
 WHERE o.cell = $1::bigint AND o.case_id = $2::bigint AND o.dropped = $3::bigint AND o.state = 3;

-- name: outbox_over (cell, case, visit, record)
-- A step that waited for a system was left: it is not asked any more.  What is
-- under way and arrives is noted all the same.
UPDATE outbox o
   SET state = 3, dropped = $4::bigint
 WHERE o.cell = $1::bigint AND o.case_id = $2::bigint AND o.visit = $3::bigint AND o.awaits
   AND o.state IN (0, 2);

-- name: key_insert (cell, scopes, digests, requests, created, cases, statuses, etags, bodies)
-- Keys of commands on a case: its lock is held, so nobody else has them.  Those of the principal
-- alone somebody else may be storing for another case: so in their order.
INSERT INTO keys (cell, scope, digest, request, created, case_id, status, etag, body)
SELECT $1::bigint, n.scope, n.digest, n.request, n.created, n.case_id, n.status, n.etag, n.body
  FROM unnest($2::bigint[], $3::bytea[], $4::bytea[], $5::timestamptz[], $6::bigint[],
              $7::bigint[], $8::text[], $9::text[])
       AS n (scope, digest, request, created, case_id, status, etag, body)
 ORDER BY n.scope, n.digest;

-- name: key_find (cell, digest)
-- The case that a command whose key is of its principal alone has found.
SELECT k.case_id
  FROM keys k
 WHERE k.cell = $1::bigint AND k.scope = 0 AND k.digest = $2::bytea AND k.status <> 0;

-- name: key_answer (cell, digest, case, status, etag, body)
-- The reply of a creating command whose key was reserved.
UPDATE keys k
   SET case_id = $3::bigint, status = $4::bigint, etag = $5::text, body = $6::text
 WHERE k.cell = $1::bigint AND k.scope = 0 AND k.digest = $2::bytea;

-- name: key_release (cell, digest)
-- A refusal does not use a key up.
DELETE FROM keys k
 WHERE k.cell = $1::bigint AND k.scope = 0 AND k.digest = $2::bytea AND k.status = 0;

-- name: journal_insert (cell, id, moment, facts, hash)
INSERT INTO journal (cell, id, xid, at, facts, hash)
VALUES ($1::bigint, $2::bigint, pg_current_xact_id(), $3::timestamptz, $4::bigint, $5::bytea);
