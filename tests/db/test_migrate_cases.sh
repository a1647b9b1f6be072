#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# onestop migrate-cases: the report of a dry run, the run, killed half way and
# started again, and that the facts still give the states across the versions.
set -u
cd "$(dirname "$0")/../.." || exit 1
onestop=${ONESTOP:-build/release/onestop}
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
# shellcheck source=tests/support/same.sh disable=SC1091
. tests/support/same.sh
export LC_ALL=C.UTF-8 PGOPTIONS='-c client_min_messages=warning'
mkdir "$dir/house"
cp -R workflows/organisation.json workflows/plan.json workflows/calendar tests/import/receipt.json "$dir/house/"
export ONESTOP_SERVER_WORKFLOWS="$dir/house"

sql() { psql -XAtq -v ON_ERROR_STOP=1 -c "$1"; }
migrate() { "$onestop" migrate-cases --json --plan "$dir/plan.json" "$@" >"$dir/out" 2>"$dir/err"; }
figure() { sed "s/^{[^[]*\"$1\":\([0-9]*\).*/\1/" "$dir/out"; }

# 90 cases in the first step, 30 in the second.
awk 'BEGIN {
	print "case:channel,case:concept:name,case:deadline,case:department,case:enddate,case:startdate,concept:name,lifecycle:transition,org:resource,time:timestamp"
	own = "2011-12-06 13:41:31.788+01:00,General,,2011-10-11 13:42:22+02:00"
	for (i = 1; i <= 120; i++) {
		printf "Desk,c%03d,%s,Confirmation of receipt,complete,R21,2011-10-11 13:45:40+02:00\n", i, own
		if (i > 90) printf "Desk,c%03d,%s,T02 Check confirmation of receipt,complete,R10,2011-10-12 08:26:25+02:00\n", i, own
	}
}' >"$dir/log.csv"
"$onestop" import --map tests/import/map.json "$dir/log.csv" >"$dir/out" 2>&1 || cat "$dir/out"
same 'the cases are open' "$(sql 'select count(*) from cases where phase = 1')" 120

# The new version: a limit that was forgotten, and a step with another name.
sed -e 's/"from": "2010-01-01", "until": "2013-01-01"/"from": "2013-01-01"/' \
	-e 's/t02-check-confirmation-of-receipt"/t02-check"/g' \
	-e 's/^\(    "confirmation-of-receipt": {\)$/\1 "limit": "5 working days",/' \
	tests/import/receipt.json >"$dir/house/receipt.2.json"
same 'the new version is sound' "$("$onestop" lint "$dir/house/receipt.2.json" 2>&1 | grep -c ': 0 problems')" 1
from=$(sql "select hash from definitions where workflow = 'receipt'")
to=$("$onestop" diagram --lang en "$dir/house/receipt.2.json" | sed -n 's/.*>receipt · \([0-9a-f]*\) · .*/\1/p')
plan() { printf '{"workflow": "receipt", "from": "%s", "to": "%s", "reason": "the limit was forgotten"%s}' "$from" "$to" "$1" >"$dir/plan.json"; }

# --- what is wrong with a plan ---
plan ', "stesp": {}'
migrate --dry-run
same 'an unknown member' "$? $(grep -c 'unknown member: stesp' "$dir/err")" '1 1'
plan ', "steps": {"nowhere": "t02-check"}'
migrate --dry-run
same 'an unknown step' "$? $(grep -c 'no such step: nowhere' "$dir/err")" '1 1'
plan ', "clocks": {"deadline": "stop"}'
migrate --dry-run
same 'an unknown rule of a clock' "$? $(grep -c 'keep, restart or drop' "$dir/err")" '1 1'
to=$from plan ''
printf '{"workflow": "receipt", "from": "%s", "to": "%s", "reason": "x"}' 000000000000 "$to" >"$dir/plan.json"
migrate --dry-run
same 'an unknown version' "$? $(grep -c 'no version 000000000000' "$dir/err")" '3 1'

# --- the report ---
plan ''
migrate --dry-run
same 'refusals end with 7' $? 7
same 'all were looked at' "$(figure looked)" 120
same 'who is in a step without counterpart stays' "$(figure moved) $(figure refused)" '90 30'
same 'a limit that is new makes late' "$(figure newlyLate)" 90
same 'the reason is told once, with a case' \
	"$(grep -o '"reasons":\[{"reason":"[^"]*","cases":30,"example":"[0-9]' "$dir/out" | grep -c 't02-check-confirmation-of-receipt')" 1
same 'by department' "$(grep -c '"departments":\[{"department":"市行政审批局","moved":90,"refused":30,' "$dir/out")" 1
same 'nothing was written' "$(sql "select count(*) from facts where kind = 17") $(sql 'select count(distinct definition) from cases')" '0 1'

# --- the run, killed half way and started again ---
plan ', "steps": {"t02-check-confirmation-of-receipt": "t02-check"}, "clocks": {"deadline": "restart"}'
"$onestop" migrate-cases --plan "$dir/plan.json" >/dev/null 2>&1 &
pid=$!
while [ "$(sql "select count(*) from facts where body like '%\"command\":\"migrate\"%'")" = 0 ] && kill -0 $pid 2>/dev/null; do :; done
kill -9 $pid 2>/dev/null
wait $pid 2>/dev/null
before=$(sql "select count(*) from facts where body like '%\"command\":\"migrate\"%'")
migrate
same 'the rest is moved' "$? $((before + $(figure moved)))" '0 120'
same 'each case once' "$(sql "select count(*), count(distinct case_id) from facts where body like '%\"command\":\"migrate\"%'")" '120|120'
same 'all are of the new version' "$(sql "select count(*) from cases c join definitions d on d.id = c.definition where d.hash like '$to%'")" 120
same 'a clock that is restarted ended as cancelled or late' "$(sql "select count(*) from timings where rule = 'deadline' and cancelled")" 120
migrate
same 'again there is nothing to do' "$? $(figure looked)" '0 0'
"$onestop" audit replay --json >"$dir/out" 2>&1
same 'the facts give the states, across the versions' "$? $(tail -n 1 "$dir/out" | sed 's/.*"cases":\([0-9]*\),.*"wrong":\([0-9]*\).*/\1 \2/')" '0 120 0'
sql "update cases set form = replace(form, '{', '{ ') where id = (select min(id) from cases)"
"$onestop" audit replay >"$dir/out" 2>&1
same 'what was tampered with is named' "$? $(grep -c 'its facts give another form' "$dir/out")" '7 1'
echo "$passed passed, $failed failed"
[ $failed = 0 ]
