#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# `make demo` plays its four cases, shows them, leaves nothing running, and
# begins anew when it is called again.
set -u
cd "$(dirname "$0")/../.." || exit 1
passed=0 failed=0
dir=$(mktemp -d)
chmod 0755 "$dir"
unset PGHOST PGUSER PGDATABASE PGOPTIONS
# shellcheck disable=SC2317 # called by the trap
finish() {
	deploy/stop "$dir/demo" 2>/dev/null
	rm -rf "$dir"
}
trap finish EXIT

check() {
	if [ "$2" = "$3" ]; then
		passed=$((passed + 1))
	else
		failed=$((failed + 1))
		echo "$1: expected \"$3\", got \"$2\""
		tail -n 20 "$dir/out"
	fi
}

for time in first second; do
	deploy/demo "$dir/demo" >"$dir/out" 2>&1
	check "the $time demo ends well" $? 0
	check "all its cases come out as they should" "$(tail -n 1 "$dir/out")" '4 passed, 0 failed'
	check 'every case is there once' "$(grep -c '  granted$' "$dir/out")" 4
	check 'no limit is broken' "$(grep -c ' limits measured, .* 0 broken, in 5 cases' "$dir/out")" 1
	check 'a promise is explained day by day' "$(grep -c '^2026-.* counted  ' "$dir/out")" 11
	check 'the daemon has ended' "$(flock -n "$dir/demo/run.lock" echo free)" free
done
echo "$passed passed, $failed failed"
[ "$failed" = 0 ]
