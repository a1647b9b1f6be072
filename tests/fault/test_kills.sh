#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Two daemons on one PostgreSQL, all of them killed again and again under load:
# nothing acknowledged is lost or doubled, nothing is half done.
#
#   tests/fault/test_kills.sh        KILLS=24 SEED=n
#
# A cluster of its own, because this one keeps its promises about the disk.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
export PG_FSYNC=1 PG_VET=0 PG_CONF='fsync = on
synchronous_commit = on
full_page_writes = on
shared_buffers = 256MB'
exec "$here/../pg.sh" perl -I "$here/../support" "$here/kills.pl"
