#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Runs a command with a throw-away PostgreSQL, its schema migrated, behind the
# PG* variables, and removes it afterwards.
#
#   tests/pg.sh COMMAND...
#
# fsync is off unless PG_FSYNC=1: only a test that kills the server needs it.
# PG_VET=0 vets nothing: for who starts no daemon, or one with definitions of its own.  What vets is
# ONESTOP_VET where it is there, else ONESTOP: the release build does it in a fifth of the time that
# a sanitized one takes.  What explores is still sanitized in tests/unit, in tests/scenario (lint of
# the project's definitions) and where a test publishes a new version.
# The command runs in the root of the checkout and finds PGHOST, PGUSER=onestop, PGDATABASE=onestop, and besides
#   ONESTOP_PG_TEMPLATE  a migrated database to copy: createdb -T
#   ONESTOP_PG_VAR       the directory for `deploy/pg kill|up|down`
set -eu
here=$(cd "$(dirname "$0")/.." && pwd)
dir=$(mktemp -dt onestop-pg.XXXXXX)
chmod 0711 "$dir"
# shellcheck disable=SC2317 # called by the trap
finish() {
	status=$?
	trap '' INT TERM
	"$here/deploy/pg" down "$dir" || true
	rm -rf "$dir"
	exit "$status"
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
cd "$here"
onestop=${ONESTOP:-build/release/onestop}
if [ -x "$onestop" ]; then
	"$onestop" migrate 2>/dev/null || {
		"$onestop" migrate # says why
		exit 1
	}
	# What is vetted here no daemon of a test asks again: neither of the project's definitions nor
	# of the tests' own, which are as large.
	if [ "${PG_VET:-1}" = 1 ]; then
		vet=${ONESTOP_VET:-$onestop}
		[ -x "$vet" ] || vet=$onestop
		cp -R workflows "$dir/definitions"
		cp tests/http/*/*.json tests/scenario/messages/*.json "$dir/definitions"
		"$vet" vet --workflows "$dir/definitions" 2>"$dir/vet" || cat "$dir/vet"
		rm -rf "$dir/definitions"
	fi
else # nothing is built: the same files, without a record of them
	for file in schema/[0-9]*.sql; do
		[ ! -f "$file" ] || psql -qX1 -v ON_ERROR_STOP=1 -f "$file"
	done
fi >/dev/null
export ONESTOP_PG_TEMPLATE=onestop
"$@"
