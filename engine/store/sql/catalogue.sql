-- SPDX-License-Identifier: Apache-2.0
-- Versions of workflows, desks, the test clock.  Shared by all cells.

-- name: definition_publish (hash, workflow, body, from_day, until_day)
-- Days since 1970; an until of 0 is open.
INSERT INTO definitions (hash, workflow, body, effective_from, effective_until, published_at)
SELECT $1::text, $2::text, $3::text, date '1970-01-01' + $4::bigint::integer,
       CASE WHEN $5::bigint <> 0 THEN date '1970-01-01' + $5::bigint::integer END, p.moment
  FROM present p
    ON CONFLICT (hash) DO NOTHING;

-- name: definition_number (hash)
SELECT id FROM definitions WHERE hash = $1::text;

-- name: definition_body (id)
SELECT body FROM definitions WHERE id = $1::bigint;

-- name: calendar_publish (versions, calendars, bodies)
INSERT INTO calendars (version, calendar, body, published_at)
SELECT n.version, n.calendar, n.body, p.moment
  FROM unnest($1::text[], $2::text[], $3::text[]) AS n (version, calendar, body), present p
 ORDER BY n.version
    ON CONFLICT (version) DO NOTHING;

-- name: calendar_list ()
-- All there ever were: some tens, of a few kilobytes each.
SELECT c.version, c.body FROM calendars c ORDER BY c.version;

-- name: desk_publish (roles, departments)
-- In their order: somebody else may be adding the same ones, of another workflow.
INSERT INTO desks (role, department)
SELECT DISTINCT n.role, n.department
  FROM unnest($1::text[], $2::text[]) AS n (role, department)
 ORDER BY n.role, n.department
    ON CONFLICT (role, department) DO NOTHING;

-- name: desk_numbers (roles, departments)
-- In the order asked.
SELECT d.id
  FROM unnest($1::text[], $2::text[]) WITH ORDINALITY AS n (role, department, place)
  JOIN desks d ON d.role = n.role AND d.department = n.department
 ORDER BY n.place;

-- name: clock_read ()
SELECT p.moment, EXISTS (SELECT FROM test_clock) AS test, (SELECT rate FROM test_clock) AS rate
  FROM present p;

-- name: clock_mark (start)
-- Makes this a test database, for ever; one that ever numbered a case is not
-- made one.  Answers nothing then, and where there is a test clock already.
INSERT INTO test_clock (real, virtual, rate)
SELECT clock_timestamp(), coalesce($1::timestamptz, clock_timestamp()), 0
  FROM case_ids s
 WHERE NOT s.is_called
    ON CONFLICT (one) DO NOTHING
RETURNING virtual;

-- name: clock_advance (cell, to, rate_in_thousandths)
-- Forward only, and no further than a microsecond past the next due moment, so
-- that the alarm there is decided before time goes on.  The caller repeats it
-- until it answers the moment asked for.  Answers nothing where there is no
-- test clock.
UPDATE test_clock t
   SET real = clock_timestamp(), rate = $3::bigint / 1000.0,
       virtual = greatest(t.virtual + (clock_timestamp() - t.real) * t.rate,
                          least($2::timestamptz,
                                (SELECT min(c.alarm) + interval '1 microsecond'
                                   FROM cases c
                                  WHERE c.cell = $1::bigint AND c.alarm IS NOT NULL)))
RETURNING t.virtual;

-- name: desk_list ()
SELECT id, role, department FROM desks ORDER BY role, department;

-- name: definition_list ()
-- The versions there are, for who meets cases that were moved from one to another.
SELECT d.id, d.hash FROM definitions d ORDER BY d.id;

-- name: definition_standing ()
-- The texts that speak for a period: id, hash, workflow, district, days since 1970, and today.
SELECT d.id, d.hash, d.workflow, coalesce(d.body::json ->> 'district', ''),
       d.effective_from - date '1970-01-01', coalesce(d.effective_until - date '1970-01-01', 0),
       (p.moment AT TIME ZONE 'Asia/Shanghai')::date - date '1970-01-01'
  FROM definitions d, present p
 WHERE d.replaced_at IS NULL
 ORDER BY d.id;

-- name: definition_replace (hash, workflow, district, from_day)
-- From now on that hash speaks for the period, and no other.
UPDATE definitions d
   SET replaced_at = CASE WHEN d.hash <> $1::text THEN p.moment END
  FROM present p
 WHERE d.workflow = $2::text AND coalesce(d.body::json ->> 'district', '') = $3::text
   AND d.effective_from = date '1970-01-01' + $4::bigint::integer
   AND (d.hash = $1::text) = (d.replaced_at IS NOT NULL);

-- name: vetted_list (rules)
SELECT v.hash FROM vetted v WHERE v.rules = $1::bigint;

-- name: vetted_add (hash, rules)
INSERT INTO vetted (hash, rules, vetted_at)
SELECT $1::text, $2::bigint, p.moment FROM present p
    ON CONFLICT (hash, rules) DO NOTHING;
