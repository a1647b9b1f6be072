-- Accounts, sessions and failed attempts.  None of this belongs to a case, so
-- no statement here has a cell.

-- name: account_find (name)
-- The account, and how long it is locked after failed attempts (seconds).
SELECT a.id, a.name, a.title, a.password, array_to_json(a.roles)::text, a.department,
       a.district, a.system, a.disabled,
       coalesce(ceil(extract(epoch FROM t.until - clock_timestamp())), 0)::bigint
  FROM accounts a
  LEFT JOIN attempts t ON t.subject = 'account ' || a.name
 WHERE a.name = $1::text;

-- name: attempt_wait (subject)
-- Seconds until the next attempt is allowed; no row: at once.
SELECT ceil(extract(epoch FROM until - clock_timestamp()))::bigint
  FROM attempts
 WHERE subject = $1::text AND until > clock_timestamp();

-- name: attempt_failed (subject, free, longest)
-- The first `free` failures cost nothing, each further one doubles the wait up
-- to `longest` seconds; an hour of quiet forgets them.
INSERT INTO attempts AS t (subject, failures, until)
VALUES ($1::text, 1, clock_timestamp())
ON CONFLICT (subject) DO UPDATE
   SET failures = CASE WHEN t.until < clock_timestamp() - interval '1 hour' THEN 1
                       ELSE t.failures + 1 END,
       until = clock_timestamp() + make_interval(secs =>
               CASE WHEN t.until < clock_timestamp() - interval '1 hour'
                      OR t.failures + 1 <= $2::bigint THEN 0
                    ELSE least($3::bigint, power(2, least(t.failures + 1 - $2::bigint, 20)))
               END);

-- name: attempt_forget (subject)
DELETE FROM attempts WHERE subject = $1::text;

-- name: session_open (token_hash, account, seconds)
INSERT INTO sessions (token_hash, account, expires)
VALUES ($1::bytea, $2::bigint, clock_timestamp() + make_interval(secs => $3::bigint))
RETURNING expires;

-- name: session_find (token_hash, idle_seconds)
-- With whether it is time to note that it was seen.
SELECT a.id, a.name, a.title, array_to_json(a.roles)::text, a.department, a.district,
       a.system, s.expires, s.seen < clock_timestamp() - interval '1 minute'
  FROM sessions s
  JOIN accounts a ON a.id = s.account
 WHERE s.token_hash = $1::bytea AND s.expires > clock_timestamp() AND NOT a.disabled
   AND s.seen > clock_timestamp() - make_interval(secs => $2::bigint);

-- name: session_seen (token_hash)
UPDATE sessions SET seen = clock_timestamp() WHERE token_hash = $1::bytea;

-- name: session_close (token_hash)
DELETE FROM sessions WHERE token_hash = $1::bytea;

-- name: session_sweep ()
-- Removes what has ended; called now and then.  Two daemons at once do not wait for one another.
WITH ended AS MATERIALIZED (
    SELECT s.token_hash FROM sessions s
     WHERE s.expires < clock_timestamp() - interval '1 day'
       FOR UPDATE SKIP LOCKED
)
DELETE FROM sessions s USING ended WHERE s.token_hash = ended.token_hash;

-- name: attempt_sweep ()
WITH old AS MATERIALIZED (
    SELECT t.subject FROM attempts t
     WHERE t.until < clock_timestamp() - interval '1 day'
       FOR UPDATE SKIP LOCKED
)
DELETE FROM attempts t USING old WHERE t.subject = old.subject;

-- name: account_save (name, title, password, roles, department, district, system)
-- Creates or changes; an empty password keeps the old one.
INSERT INTO accounts AS a (name, title, password, roles, department, district, system)
VALUES ($1::text, $2::text, $3::text, $4::text[], $5::text, $6::text, $7::text)
ON CONFLICT (name) DO UPDATE
   SET title = excluded.title,
       password = CASE WHEN excluded.password = '' THEN a.password ELSE excluded.password END,
       roles = excluded.roles, department = excluded.department,
       district = excluded.district, system = excluded.system
RETURNING id;

-- name: account_serves (name, role)
-- Whether it is an account of a person of the house who may sign in and works on cases, with that
-- role (NULL: any).
SELECT 1
  FROM accounts a
 WHERE a.name = $1::text AND a.system IS NULL AND NOT a.disabled
   AND NOT a.roles <@ ARRAY['auditor', 'administrator', 'import', 'system']
   AND ($2::text IS NULL OR $2::text = ANY (a.roles));

-- name: account_disable (name, disabled)
-- Its sessions end with it.
WITH changed AS (
    UPDATE accounts SET disabled = ($2::bigint = 1) WHERE name = $1::text RETURNING id
), ended AS (
    DELETE FROM sessions WHERE account IN (SELECT id FROM changed) AND $2::bigint = 1
)
SELECT id FROM changed;

-- name: account_list ()
SELECT name, title, array_to_json(roles)::text, department, district, system, disabled
  FROM accounts
 ORDER BY name;
