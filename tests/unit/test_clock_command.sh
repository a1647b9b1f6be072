#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# onestop clock as scripts use it: the answer alone on stdout, and the exit code.
set -u
onestop=${ONESTOP:-build/release/onestop}
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
passed=0 failed=0
unset ONESTOP_SERVER_WORKFLOWS
export LC_ALL=C.UTF-8

# expect STATUS STDOUT ARGUMENT...
expect() {
	status=$1 want=$2
	shift 2
	got=$("$onestop" clock "$@" 2>"$dir/stderr" </dev/null)
	is=$?
	if [ "$is" = "$status" ] && [ "$got" = "$want" ]; then
		passed=$((passed + 1))
	else
		failed=$((failed + 1))
		printf 'clock %s\n  exit %s, wanted %s\n  said   %s\n  wanted %s\n' "$*" "$is" "$status" "$got" "$want"
		cat "$dir/stderr"
	fi
}

printf '[{"from":"2026-02-25T10:00:00+08:00","to":"2026-02-27T10:00:00+08:00","ground":"correction"}]' >"$dir/closed"
printf '[{"from":"2026-02-25T10:00:00+08:00","to":null}]' >"$dir/open"
printf '[{"from":"2026-02-25T10:00:00+08:00","until":null}]' >"$dir/wrong"
printf '{"seasons":[{"from":"01-01","to":"12-31","spans":["08:30-16:30"]}]}' >"$dir/hall"
start=2026-02-13T10:00:00+08:00
version=$("$onestop" clock due --json --start $start --limit '1 day' | sed 's/.*"version":"\([0-9a-f]*\)".*/\1/')

expect 0 2026-03-19T17:00:00+08:00 due --start $start --limit '20 working days'
expect 0 2026-03-23T17:00:00+08:00 due --start $start --limit '20 working days' --stops "$dir/closed"
expect 0 2026-03-24T17:00:00+08:00 due --start $start --limit '20 working days' --extension '3 working days'
expect 0 2026-03-19T16:30:00+08:00 due --start $start --limit '20 working days' --hall "$dir/hall"
expect 0 2026-03-20T00:00:00+08:00 due --start $start --limit '20 working days' --applicant
expect 0 2026-02-14T10:00:00+08:00 due --start $start --limit '24 hours' --continuous
expect 0 2026-02-24T17:00:00+08:00 due --start $start --limit 2026-02-16
expect 4 '' due --start $start --limit '20 working days' --stops "$dir/open"
grep -q 'resumed now it would be 2026-03-19T17:00:00+08:00' "$dir/stderr" || failed=$((failed + 1))
expect 0 '{"due":null,"provisional":false,"stands":true,"ifResumed":"2026-03-23T17:00:00+08:00","lastDayIfResumed":"2026-03-23","calendar":{"id":"cn","version":"'"$version"'"}}' \
	due --json --start $start --limit '20 working days' --stops "$dir/open" --now 2026-02-27T10:00:00+08:00
expect 0 'limit 1 day, from 2026-02-13T10:00:00+08:00; calendar cn '"$version"'
2026-02-13 Fri    -         0  the start day
2026-02-14 Sat counted      1  working day in exchange for Spring Festival
due 2026-02-14T17:00:00+08:00, last day 2026-02-14' due --explain --lang en --start $start --limit '1 day'
# T17: a date is one of the hall's, whatever the machine's zone.
for zone in UTC Asia/Shanghai America/New_York Pacific/Kiritimati; do
	export TZ=$zone
	expect 0 2026-03-20T00:00:00+08:00 due --start 2026-02-12T23:30:00Z --limit '20 working days' --applicant
	expect 0 'limit 1 day, from 2026-02-13T07:30:00+08:00; calendar cn '"$version"'
2026-02-13 Fri    -         0  the start day
2026-02-14 Sat counted      1  working day in exchange for Spring Festival
due 2026-02-14T17:00:00+08:00, last day 2026-02-14' due --explain --lang en --start 2026-02-12T23:30:00Z --limit '1 day'
done
unset TZ
expect 0 3 elapsed --start $start --limit '20 working days' --end 2026-02-25T18:00:00+08:00
expect 0 PT6H elapsed --start $start --limit '20 hours' --end 2026-02-13T17:00:00+08:00
expect 0 2026-02-25T17:00:00+08:00 back --end 2026-03-05T09:00:00+08:00 --limit '7 working days'
expect 2 '' due --start 2026-02-13 --limit '20 working days'
expect 2 '' due --start $start --limit '20 moons'
expect 2 '' due --start $start
expect 2 '' due --start $start --limit '20 minutes' --extension '1 day'
expect 2 '' back --end $start --limit 2026-03-07
expect 2 '' elapsed --start $start --limit '1 day'
expect 2 '' due --lang fr --start $start --limit '1 day'
expect 2 '' overdue
expect 2 ''
expect 1 '' due --start $start --limit '1 day' --stops "$dir/wrong"
expect 1 '' due --start $start --limit '1 day' --calendar "$dir"

echo "$passed passed, $failed failed"
[ "$failed" = 0 ]
