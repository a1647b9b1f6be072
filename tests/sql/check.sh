#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Law 3: PREPAREs every statement of engine/store/sql in the migrated schema, so
# that a renamed column fails here.  Run under tests/pg.sh.
set -u
cd "$(dirname "$0")/../.." || exit 1
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
passed=0 failed=0
for file in engine/store/sql/*.sql; do
	[ -f "$file" ] || continue
	# one file per statement: NAME.sql
	awk -v dir="$dir" '
		/^-- name: / { name = $3; out = dir "/" name ".sql"; printf "PREPARE \"%s\" AS\n", name >out; next }
		out != "" { print >out }' "$file"
done
for statement in "$dir"/*.sql; do
	[ -f "$statement" ] || continue
	if said=$(psql -qX -v ON_ERROR_STOP=1 -f "$statement" 2>&1); then
		passed=$((passed + 1))
	else
		failed=$((failed + 1))
		echo "$said"
	fi
done
if [ $((passed + failed)) = 0 ]; then
	echo "skipped: engine/store/sql has no statement"
	echo "0 passed, 0 failed, 1 skipped"
	exit 0
fi
echo "$passed passed, $failed failed"
[ $failed = 0 ]
