-- SPDX-License-Identifier: Apache-2.0
-- What `onestop bench` asks: the least a durable transaction can be.

-- name: bench_commit ()
-- Writes a few bytes of write-ahead log and nothing else.
SELECT pg_logical_emit_message(true, 'onestop', 'bench');
