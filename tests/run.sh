#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Runs test programs and scripts, several at a time, and adds up what they
# report.
#
#   tests/run.sh kind=unit PROGRAM... kind=http PROGRAM...
#
# A program is a cmocka test or prints `N passed, N failed[, N skipped]`.  One
# that ends badly, says nothing or runs longer than TEST_TIMEOUT seconds counts
# as a failure; these are many, for a machine may be busy with other things.
# TEST_JOBS of them run side by side, one more than there are processors, for
# most of them wait.  Those that tests/longest names begin first, lest one of
# them be left alone at the end.  The last line is the sum; the exit is 1 when
# anything failed or nothing ran; before it stands what took longest.  Where
# PGHOST leads to the cluster of tests/pg.sh, each test has a database of its
# own, copied from the migrated one.
set -u
limit=${TEST_TIMEOUT:-900}
jobs=${TEST_JOBS:-$(($(nproc) + 1))}
dir=$(mktemp -d)
# shellcheck disable=SC2317 # called by the traps
finish() {
	local running
	trap '' INT TERM
	running=$(jobs -rp | paste -sd,)
	# timeout passes the signal on to its test
	[ -z "$running" ] || pkill -TERM -x timeout -P "$running"
	wait
	rm -rf "$dir"
	exit "$1"
}
trap 'finish 130' INT
trap 'finish 143' TERM

# Counts of one log: "passed failed skipped".
counts() {
	awk '
		/^\[  PASSED  \] [0-9]+ test/ { p += $4 }
		/^\[  FAILED  \] [0-9]+ test/ { f += $4 }
		/^\[  SKIPPED \] [0-9]+ test/ { s += $4 }
		/^[0-9]+ passed, [0-9]+ failed(, [0-9]+ skipped)?$/ { p += $1; f += $3; s += $5 }
		END { print p + 0, f + 0, s + 0 }' "$1"
}

# run_one KIND NUMBER PROGRAM: the program, in a database of its own.
run_one() {
	local database='' status
	if [ -n "${ONESTOP_PG_TEMPLATE:-}" ] && [ "$1" != unit ] && [ "$1" != lint ]; then
		database=t$$_$2
		createdb -T "$ONESTOP_PG_TEMPLATE" "$database" || return 1
	fi
	# shellcheck disable=SC2086 # RUNNER is a command with its arguments
	PGDATABASE=${database:-${PGDATABASE:-}} timeout -k 10 "$limit" ${RUNNER:-} "$3" </dev/null
	status=$?
	[ -z "$database" ] || dropdb --if-exists --force "$database"
	return $status
}

# report KIND NUMBER PROGRAM: runs it, says how it went and notes the counts.
report() {
	local log=$dir/$2.log began status ms passed failed skipped note=''
	began=$(date +%s%N)
	run_one "$@" >"$log" 2>&1
	status=$?
	ms=$((($(date +%s%N) - began) / 1000000))
	times >"$dir/$2.cpu" # of the test and of whom it waited for
	read -r passed failed skipped < <(counts "$log")
	if [ $status = 124 ] || [ $status = 137 ]; then
		note=" still running after $limit s"
	elif [ $((passed + failed + skipped)) = 0 ]; then
		note=" reports no tests"
	elif [ $status != 0 ] && [ "$failed" = 0 ]; then
		note=" ended with status $status"
	fi
	[ -z "$note" ] || failed=$((failed + 1))
	echo "$1 $passed $failed $skipped ${3##*/} $ms $(tail -n 1 "$dir/$2.cpu")" >"$dir/$2.sum"
	{ # in one piece, for others write too
		if [ "$failed" = 0 ]; then
			printf '  %-4s %-40s %4d %6d ms\n' ok "${3##*/}" "$passed" "$ms"
			# A test that was left out says why.
			[ "$skipped" = 0 ] || grep -i skipped "$log" |
				grep -v '^ *[0-9]* passed\|^ *[0-9]* SKIPPED\|^\[' | sed 's/^/         /'
		else
			sed 's/^/    | /' "$log"
			printf '  %-4s %-40s %4d %6d ms%s\n' FAIL "${3##*/}" "$failed" "$ms" "$note"
		fi
	} >"$dir/$2.said"
	flock "$dir" cat "$dir/$2.said"
}

# Lines of KIND NUMBER PROGRAM, the longest first; the numbers are those of the command line.
in_order() {
	local kind='' n=0 arg
	for arg; do
		case $arg in
		kind=*) kind=${arg#kind=} ;;
		*) echo "$kind $((n += 1)) $arg" ;;
		esac
	done | awk 'FNR == NR { if (!/^#/) rank[$1] = ++ranks; next }
		{ name = $3; sub(/.*\//, "", name); print (name in rank ? rank[name] : ranks + 1), $0 }' \
		"${0%/*}/longest" - | sort -s -n -k 1,1 | cut -d ' ' -f 2-
}
n=0
while read -r kind number program; do
	while [ "$(jobs -rp | wc -l)" -ge "$jobs" ]; do
		wait -n
	done
	n=$((n + 1))
	report "$kind" "$number" "$program" &
done < <(in_order "$@")
wait
# kinds in the order in which they came
# shellcheck disable=SC2046 # one number each
sums=$(cat /dev/null $(seq -f "$dir/%g.sum" 1 $n) | awk '
	!($1 in passed) { kind[++n] = $1 }
	{ passed[$1] += $2; failed[$1] += $3; skipped[$1] += $4; p += $2; f += $3; s += $4 }
	END {
		for (i = 1; i <= n; i++) {
			k = kind[i]
			printf "%-10s %d of %d passed%s\n", k, passed[k], passed[k] + failed[k],
				skipped[k] ? ", " skipped[k] " skipped" : ""
		}
		printf "%d passed, %d failed%s\n", p, f, s ? ", " s " skipped" : ""
		exit f != 0 || p == 0
	}')
status=$?
[ $n -le 10 ] || {
	echo "what took longest, of $n:"
	cat "$dir"/*.sum | sort -rn -k 6,6 | head -n 10 | awk '{ printf "       %-40s %7.1f s, processor %s %s\n", $5, $6 / 1000, $7, $8 }'
}
rm -rf "$dir"
echo "$sums"
exit $status
