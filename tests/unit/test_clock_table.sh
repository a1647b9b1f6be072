#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# T2: holds the engine's due dates against those of tests/clock/table.pl, which
# counts another way: every day of acceptance 2022-2026, every minute of 14 days.
set -eu
onestop=${ONESTOP:-build/release/onestop}
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
calendar=$dir/calendar
mkdir "$calendar"
cp workflows/calendar/cn-202[2-6].json "$calendar" # the table ends with 2026

perl tests/clock/table.pl "$calendar" >"$dir/expected"
awk -F '\t' -v OFS='\t' '{ NF -= 3; print }' "$dir/expected" |
	"$onestop" clock table --calendar "$calendar" >"$dir/computed"
awk -F '\t' '
	FNR == NR { want[FNR] = $0; wanted = FNR; next }
	{ n = FNR }
	$0 != want[FNR] { if (++differ <= 5) print "computed  " $0 "\nexpected  " want[FNR] }
	$NF == "provisional" { provisional++ }
	END {
		if (n != wanted) { print wanted " rows expected, " n " computed"; differ++ }
		if (n < 300000 || !provisional) { print "the table is not whole"; differ++ }
		printf "%d due dates compared, %d differ (%d beyond the published calendar)\n", n, differ, provisional
		print differ ? "0 passed, 1 failed" : "1 passed, 0 failed"
		exit differ > 0
	}' "$dir/expected" "$dir/computed"
