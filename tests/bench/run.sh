#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The figures of the design on this machine, beside pgbench in the same run.
#
#   make bench [ROUNDS=3] [SECONDS=3] [SCALE=N] [JSON=1]
#
# A throw-away PostgreSQL with fsync and synchronous_commit on; README.md says
# what is measured.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
# Nothing is checkpointed in between: the first change of a page after a
# checkpoint writes the whole page, which would fall on whoever comes next.
export PG_FSYNC=1 PG_CONF='fsync = on
synchronous_commit = on
full_page_writes = on
shared_buffers = 1GB
max_wal_size = 16GB
checkpoint_timeout = 1h
max_connections = 200'
exec "$here/../pg.sh" perl -I "$here/../support" -I "$here" "$here/measure.pl" "$@"
