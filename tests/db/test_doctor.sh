#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# onestop doctor sees what is wrong and says how to mend it.  Under tests/pg.sh.
set -u
cd "$(dirname "$0")/../.." || exit 1
onestop=${ONESTOP:-build/release/onestop}
passed=0 failed=0
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
export ONESTOP_SERVER_VAR="$dir"

# finds WEIGHT WORDS [VARIABLE=VALUE]: the doctor says so.
finds() {
	if env ${3:+"$3"} "$onestop" doctor | grep -q "^ *[0-9]* $1 *.*$2"; then
		passed=$((passed + 1))
	else
		failed=$((failed + 1))
		echo "does not find: $1 $2"
		env ${3:+"$3"} "$onestop" doctor
	fi
}
ends() {
	"$onestop" doctor >/dev/null 2>&1
	status=$?
	if [ $status = "$1" ]; then
		passed=$((passed + 1))
	else
		failed=$((failed + 1))
		echo "$2: ended with $status, not $1"
	fi
}

finds good 'the schema is at version'
finds good 'the calendar cn'
finds good "clock and this machine's agree"
finds problem 'fsync is not as it should be' # the test cluster promises nothing
finds good 'no case is past its retention'
finds problem 'retention.folder' ONESTOP_RETENTION_FOLDER="$dir/nowhere"
finds good "exported to $dir when" ONESTOP_RETENTION_FOLDER="$dir"
ends 7 'a problem'

psql -qX -c 'DELETE FROM schema_versions WHERE number = (SELECT max(number) FROM schema_versions)'
finds problem 'the schema is at version'
psql -qX -c "INSERT INTO schema_versions VALUES (9999, '9999_later.sql', 'x')"
finds problem '9999_later.sql, which this release does not know'
finds problem 'role is a superuser' PGUSER=postgres
finds problem 'database: ' PGHOST=@nobody-listens
finds problem 'cannot be read' ONESTOP_SERVER_WORKFLOWS="$dir/none"
# The first failure is the answer: nobody waits while it is tried again and again.
if [ "$(PGHOST=@nobody-listens "$onestop" account list 2>&1 | grep -c 'database connection lost')" = 1 ]; then
	passed=$((passed + 1))
else
	failed=$((failed + 1))
	echo 'a command goes on trying to connect'
fi
mkdir "$dir/empty"
finds problem 'holds no workflow' ONESTOP_SERVER_WORKFLOWS="$dir/empty"
if "$onestop" doctor --json | grep -q '^\[{"number":1,"weight":".*"}\]$'; then
	passed=$((passed + 1))
else
	failed=$((failed + 1))
	echo "--json is not JSON on one line"
fi

echo "$passed passed, $failed failed"
[ $failed = 0 ]
