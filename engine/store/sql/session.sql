-- SPDX-License-Identifier: Apache-2.0
-- What a connection says about itself, once, before it is used.

-- name: session_begin (name, statement_ms, idle_ms, point)
-- Plans are made once and look at no value, and arrays of unknown length can
-- never talk the planner into reading a whole table.
SELECT set_config('application_name', $1::text, false),
       set_config('timezone', 'UTC', false),
       set_config('plan_cache_mode', 'force_generic_plan', false),
       set_config('statement_timeout', $2::bigint::text, false),
       set_config('idle_in_transaction_session_timeout', $3::bigint::text, false),
       set_config('client_connection_check_interval', '1s', false),
       set_config('jit', 'off', false),
       CASE WHEN $4::bigint = 1 THEN set_config('enable_seqscan', 'off', false) END,
       CASE WHEN $4::bigint = 1 THEN set_config('enable_hashjoin', 'off', false) END,
       CASE WHEN $4::bigint = 1 THEN set_config('enable_mergejoin', 'off', false) END,
       pg_backend_pid();

-- name: session_lock_timeout (milliseconds)
-- For this transaction only.
SELECT set_config('lock_timeout', $1::bigint::text, true);
