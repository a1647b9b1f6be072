#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# A migration's dry run over many open cases, and what clerks feel of it.  By hand:
#
#   tests/bench/migrate.sh [CASES=100000]
#
# A throw-away PostgreSQL with fsync on; the daemon, the load generator and the
# migration share the machine.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
export PG_FSYNC=1 PG_CONF='fsync = on
synchronous_commit = on
shared_buffers = 1GB
max_wal_size = 16GB
checkpoint_timeout = 1h
max_connections = 200'
exec "$here/../pg.sh" perl -I "$here/../support" -I "$here" "$here/migrate.pl" "$@"
