-- SPDX-License-Identifier: Apache-2.0
-- Outside systems: secrets, and how each destination is faring.

-- name: system_key_add (system, secret)
-- The next number of that system; two at once: the second is refused by the key.
INSERT INTO system_keys (system, number, secret, created)
SELECT $1::text, coalesce((SELECT max(k.number) FROM system_keys k WHERE k.system = $1::text), 0) + 1,
       $2::bytea, p.moment
  FROM present p
RETURNING number;

-- name: system_key_end (system, number, seconds)
-- It holds for that many seconds more; never longer than it would have.
UPDATE system_keys k
   SET until = least(k.until, p.moment + $3::bigint * interval '1 second')
  FROM present p
 WHERE k.system = $1::text AND k.number = $2::bigint
RETURNING k.until;

-- name: system_key_end_earlier (system, number, seconds)
-- The same for all made before that number.
UPDATE system_keys k
   SET until = least(k.until, p.moment + $3::bigint * interval '1 second')
  FROM present p
 WHERE k.system = $1::text AND k.number < $2::bigint;

-- name: system_key_list ()
-- Without the secrets.
SELECT k.system, k.number, k.created, k.until, k.until IS NULL OR k.until > p.moment AS holds
  FROM system_keys k, present p
 ORDER BY k.system, k.number;

-- name: system_key_valid (systems)
-- The newest first.
SELECT k.system, k.number, k.secret
  FROM system_keys k, present p
 WHERE k.system = ANY ($1::text[]) AND (k.until IS NULL OR k.until > p.moment)
 ORDER BY k.system, k.number DESC;

-- name: destination_add (cell, systems)
INSERT INTO destinations (cell, system)
SELECT $1::bigint, n.system
  FROM unnest($2::text[]) AS n (system)
 ORDER BY n.system
    ON CONFLICT (cell, system) DO NOTHING;

-- name: destination_hold (cell, systems)
-- Takes what is free, says that we are there, and tells what we hold.  A session
-- of another role shows no start and counts as ended: a hall's daemons connect
-- as one role.
WITH sessions AS (
    SELECT a.pid || '/' || extract(epoch FROM a.backend_start) AS name,
           a.pid = pg_backend_pid() AS ours
      FROM pg_stat_activity a
     WHERE a.backend_start IS NOT NULL
), free AS (
    SELECT d.system
      FROM destinations d
     WHERE d.cell = $1::bigint AND d.system = ANY ($2::text[])
       AND (d.holder IS NULL OR d.held < clock_timestamp() - interval '30 seconds'
            OR NOT EXISTS (SELECT FROM sessions s WHERE s.name = d.holder AND NOT s.ours))
     ORDER BY d.system
       FOR NO KEY UPDATE SKIP LOCKED
)
UPDATE destinations d
   SET holder = s.name, held = clock_timestamp()
  FROM free f, sessions s
 WHERE d.cell = $1::bigint AND d.system = f.system AND s.ours
RETURNING d.system, d.breaker, d.failures, d.open_till, d.disabled IS NOT NULL;

-- name: destination_note (cell, systems, breakers, failures, open_tills, troubles, deliveries)
-- How they are faring: `deliveries` says which had a success.  Held in their order.
WITH held AS MATERIALIZED (
    SELECT d.system
      FROM destinations d
     WHERE d.cell = $1::bigint AND d.system = ANY ($2::text[])
     ORDER BY d.system
       FOR NO KEY UPDATE
)
UPDATE destinations d
   SET breaker = n.breaker, failures = n.failures, open_till = n.open_till,
       trouble = coalesce(n.trouble, d.trouble),
       troubled = CASE WHEN n.trouble IS NULL THEN d.troubled ELSE p.moment END,
       delivered = CASE WHEN n.delivered = 1 THEN p.moment ELSE d.delivered END
  FROM unnest($2::text[], $3::bigint[], $4::bigint[], $5::timestamptz[], $6::text[], $7::bigint[])
       AS n (system, breaker, failures, open_till, trouble, delivered), held, present p
 WHERE d.cell = $1::bigint AND d.system = held.system AND n.system = held.system;

-- name: destination_switch (cell, system, disabled, actor, reason)
-- Disables or enables; a breaker that was open is closed by enabling.  Nothing
-- is answered when it was so already.
WITH changed AS (
    INSERT INTO destinations AS d (cell, system, disabled, disabled_by, reason)
    SELECT $1::bigint, $2::text, CASE WHEN $3::bigint = 1 THEN p.moment END,
           CASE WHEN $3::bigint = 1 THEN $4::text END, $5::text
      FROM present p
        ON CONFLICT (cell, system) DO UPDATE
       SET disabled = excluded.disabled, disabled_by = excluded.disabled_by,
           reason = excluded.reason,
           breaker = CASE WHEN $3::bigint = 1 THEN d.breaker ELSE 0 END,
           failures = CASE WHEN $3::bigint = 1 THEN d.failures ELSE 0 END,
           open_till = CASE WHEN $3::bigint = 1 THEN d.open_till END
     WHERE (d.disabled IS NULL) = ($3::bigint = 1) OR ($3::bigint = 0 AND d.breaker <> 0)
    RETURNING d.system
), noted AS (
    INSERT INTO interventions (cell, at, actor, what, system, reason)
    SELECT $1::bigint, p.moment, $4::text, CASE WHEN $3::bigint = 1 THEN 'disable' ELSE 'enable' END,
           c.system, $5::text
      FROM changed c, present p
)
SELECT system FROM changed;

-- name: destination_list (cell)
-- With what waits there; counts stop at 1,000 of a kind.
SELECT d.system, d.breaker, d.failures, d.open_till, d.trouble, d.troubled, d.delivered,
       d.disabled, d.disabled_by, d.reason,
       d.holder IS NOT NULL AND EXISTS (
           SELECT FROM pg_stat_activity a
            WHERE a.pid || '/' || extract(epoch FROM a.backend_start) = d.holder) AS served,
       (SELECT count(*) FROM (SELECT FROM outbox o
                               WHERE o.cell = $1::bigint AND o.system = d.system AND o.state = 0
                               LIMIT 1000) AS w) AS waiting,
       (SELECT count(*) FROM (SELECT FROM outbox o
                               WHERE o.cell = $1::bigint AND o.system = d.system AND o.state = 2
                               LIMIT 1000) AS w) AS dead,
       p.moment
  FROM destinations d, present p
 WHERE d.cell = $1::bigint
 ORDER BY d.system;
