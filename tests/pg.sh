#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Runs a command with a throw-away PostgreSQL, its schema migrated, behind the
# PG* variables, and removes it afterwards.
#
#   tests/pg.sh COMMAND...
#
# fsync is off unless PG_FSYNC=1: only a test that kills the server needs it.
# The command finds PGHOST, PGUSER=onestop, PGDATABASE=onestop, and besides
#   ONESTOP_PG_TEMPLATE  a migrated database to copy: createdb -T
#   ONESTOP_PG_VAR       the directory for `deploy/pg kill|up|down`
set -eu
here=$(cd "$(dirname "$0")/.." && pwd)
dir=$(mktemp -dt onestop-pg.XXXXXX)
chmod 0711 "$dir"
finish() {
	status=$?
	trap '' INT TERM
	"$here/deploy/pg" down "$dir" || true
	rm -rf "$dir"
	exit $status
}
trap finish EXIT
trap 'exit 129' HUP
trap 'exit 130' INT
trap 'exit 143' TERM
[ "${PG_FSYNC:-0}" = 1 ] || PG_CONF='fsync = off
full_page_writes = off
synchronous_commit = on'
conninfo=$(PG_CONF=${PG_CONF:-} "$here/deploy/pg" up "$dir")
export ONESTOP_PG_VAR="$dir"
PGHOST=$(echo "$conninfo" | sed 's/host=\([^ ]*\).*/\1/')
export PGHOST PGUSER=onestop PGDATABASE=onestop PGOPTIONS='-c client_min_messages=warning'
PGUSER=postgres PGDATABASE=postgres psql -qX -c 'alter role onestop createdb' -c 'grant pg_signal_backend to onestop'
if "${ONESTOP:-onestop}" help migrate >/dev/null 2>&1; then
	(cd "$here" && "$ONESTOP" migrate >/dev/null)
else
	for file in "$here"/schema/[0-9]*.sql; do
		[ ! -f "$file" ] || psql -qX1 -v ON_ERROR_STOP=1 -f "$file"
	done
fi
export ONESTOP_PG_TEMPLATE=onestop
"$@"
