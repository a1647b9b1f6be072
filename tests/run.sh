#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Runs test programs and scripts and adds up what they report.
#
#   tests/run.sh kind=unit PROGRAM... kind=http PROGRAM...
#
# A program is a cmocka test or prints `N passed, N failed[, N skipped]`.  One
# that ends badly, says nothing or runs longer than TEST_TIMEOUT seconds counts
# as a failure.  The last line is the sum; the exit is 1 when anything failed
# or nothing ran.  Where PGHOST leads to the cluster of tests/pg.sh, each test
# has a database of its own, copied from the migrated one.
set -u
limit=${TEST_TIMEOUT:-300}
log=$(mktemp)
trap 'rm -f "$log"' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

kind='' passed=0 failed=0 skipped=0 in_kind=0
kind_passed=0 kind_failed=0 kind_skipped=0

# Counts of one log: "passed failed skipped".
counts() {
	awk '
		/^\[  PASSED  \] [0-9]+ test/ { p += $4 }
		/^\[  FAILED  \] [0-9]+ test/ { f += $4 }
		/^\[  SKIPPED \] [0-9]+ test/ { s += $4 }
		/^[0-9]+ passed, [0-9]+ failed(, [0-9]+ skipped)?$/ { p += $1; f += $3; s += $5 }
		END { print p + 0, f + 0, s + 0 }' "$1"
}

close_kind() {
	[ "$in_kind" = 0 ] || printf '%-10s %d of %d passed%s\n' "$kind" "$kind_passed" \
		$((kind_passed + kind_failed)) "$([ "$kind_skipped" = 0 ] || echo ", $kind_skipped skipped")"
	passed=$((passed + kind_passed)) failed=$((failed + kind_failed)) skipped=$((skipped + kind_skipped))
	kind_passed=0 kind_failed=0 kind_skipped=0 in_kind=0
}

run_one() {
	database=''
	if [ -n "${ONESTOP_PG_TEMPLATE:-}" ] && [ "$kind" != unit ] && [ "$kind" != lint ]; then
		database=t$$_$((passed + kind_passed + failed + kind_failed + in_kind))
		createdb -T "$ONESTOP_PG_TEMPLATE" "$database" || return 1
	fi
	# shellcheck disable=SC2086 # RUNNER is a command with its arguments
	PGDATABASE=${database:-${PGDATABASE:-}} timeout -k 10 "$limit" ${RUNNER:-} "$1" >"$log" 2>&1 </dev/null
	status=$?
	[ -z "$database" ] || dropdb --if-exists --force "$database"
	return $status
}

for arg in "$@"; do
	case $arg in
	kind=*)
		close_kind
		kind=${arg#kind=}
		continue
		;;
	esac
	began=$(date +%s%N)
	run_one "$arg"
	status=$?
	ms=$((($(date +%s%N) - began) / 1000000))
	# shellcheck disable=SC2046 # three numbers
	set -- $(counts "$log")
	p=$1 f=$2 s=$3 note=''
	if [ $status = 124 ] || [ $status = 137 ]; then
		note=" still running after $limit s"
	elif [ $((p + f + s)) = 0 ]; then
		note=" reports no tests"
	elif [ $status != 0 ] && [ "$f" = 0 ]; then
		note=" ended with status $status"
	fi
	[ -z "$note" ] || f=$((f + 1))
	in_kind=$((in_kind + 1))
	kind_passed=$((kind_passed + p)) kind_failed=$((kind_failed + f)) kind_skipped=$((kind_skipped + s))
	if [ "$f" = 0 ]; then
		printf '  %-4s %-40s %4d %6d ms\n' ok "${arg##*/}" "$p" "$ms"
		# A test that was left out says why.
		[ "$s" = 0 ] || grep -i skipped "$log" | grep -v '^ *[0-9]* passed\|^ *[0-9]* SKIPPED\|^\[' | sed 's/^/         /'
	else
		sed 's/^/    | /' "$log"
		printf '  %-4s %-40s %4d %6d ms%s\n' FAIL "${arg##*/}" "$f" "$ms" "$note"
	fi
done
close_kind
if [ "$skipped" = 0 ]; then
	echo "$passed passed, $failed failed"
else
	echo "$passed passed, $failed failed, $skipped skipped"
fi
[ "$failed" = 0 ] && [ "$passed" != 0 ]
