#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# onestop migrate-cases: where cases may move, the report of a dry run, the run, killed half
# way and started again, and that the facts still give the states across the versions.
set -u
cd "$(dirname "$0")/../.." || exit 1
onestop=${ONESTOP:-build/release/onestop}
dir=$(mktemp -d)
# shellcheck source=tests/support/same.sh disable=SC1091
. tests/support/same.sh
# shellcheck source=tests/support/test_hall.sh disable=SC1091
. tests/support/test_hall.sh
trap 'hall_close; rm -rf "$dir"' EXIT
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
version() { "$onestop" diagram --lang en "$1" | sed -n 's/.*>receipt · \([0-9a-f]*\) · .*/\1/p'; }
from=$(sql "select hash from definitions where workflow = 'receipt'")
to=$(version "$dir/house/receipt.2.json")
plan() { printf '{"workflow": "receipt", "from": "%s", "to": "%s", "reason": "the limit was forgotten"%s}' "$from" "$to" "$1" >"$dir/plan.json"; }

# --- where cases may move ---
plan ''
migrate --dry-run
same 'a version that is not published is looked at, and that it waits is said' \
	"$? $(figure moved) $(grep -c '"published":false,"inForce":false,"waits":"version [0-9a-f]* of \\"receipt\\" (.*/receipt.2.json) is not published' "$dir/out")" '7 90 1'
migrate
same 'no case moves there' "$? $(cat "$dir/out") $(grep -c 'nothing was moved: version .* is not published' "$dir/err")" '4  1'
same 'nor has the command published it' "$(sql "select count(*) from definitions where workflow = 'receipt'")" 1
"$onestop" recount >/dev/null 2>&1
same 'nor does a recount' "$(sql "select count(*) from definitions where workflow = 'receipt'")" 1

# Nobody can act in it: lint tells it of the exploration only (721).
mkdir "$dir/stuck"
cp -R "$dir/house/." "$dir/stuck/"
sed 's/"to": "closed"}/"to": "closed", "when": {"===": [{"var": "form.channel"}, "nobody"]}}/
	s/, "to": "t06-determine-necessity-of-stop-advice"}/, "to": "t06-determine-necessity-of-stop-advice", "when": {"===": [{"var": "form.channel"}, "nobody"]}}/
	s/"from": "2013-01-01"/"from": "2014-01-01"/' "$dir/house/receipt.2.json" >"$dir/stuck/receipt.3.json"
sed -i 's/"from": "2013-01-01"/"from": "2013-01-01", "until": "2014-01-01"/' "$dir/stuck/receipt.2.json"
sed -i '/^    "confirmation-of-receipt": {/,/^    }/s/"to": "t02-check"}/"to": "t02-check", "when": {"===": [{"var": "form.channel"}, "nobody"]}}/' "$dir/stuck/receipt.3.json"
to=$(version "$dir/stuck/receipt.3.json") plan ''
for how in --dry-run ''; do
	# shellcheck disable=SC2086 # an option or none
	migrate $how --workflows "$dir/stuck"
	same "a version that does not pass the gate is no goal ${how:-of a run}" \
		"$? $(cat "$dir/out") $(grep -c 'receipt.3.json:[0-9]*: 72[12] ' "$dir/err") $(grep -c 'does not pass the gate' "$dir/err")" '7  1 1'
done
rm -r "$dir/stuck"

# A daemon publishes what passes: one that is in force, and one whose day is to come.
sed -e 's/"from": "2013-01-01"/"from": "2199-01-01"/' -e 's/"5 working days"/"6 working days"/' "$dir/house/receipt.2.json" >"$dir/house/receipt.4.json"
mkdir "$dir/hall"
chmod a+rx "$dir"
HALL_WORKFLOWS=$dir/house hall_open "$dir/hall" - || exit 1
hall_close
same 'a daemon has published them' "$(sql "select count(*) from definitions where workflow = 'receipt'")" 3
to=$(version "$dir/house/receipt.4.json") plan ''
migrate --dry-run
same 'a version whose day is to come is looked at' "$? $(figure moved) $(grep -c '"published":true,"inForce":false,"waits":"version [0-9a-f]* of \\"receipt\\" begins on 2199-01-01' "$dir/out")" '7 90 1'
migrate
same 'no case moves there before' "$? $(cat "$dir/out") $(grep -c 'nothing was moved: version .* begins on 2199-01-01' "$dir/err")" '4  1'

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
for other in no-such-thing company-opening; do
	printf '{"workflow": "%s", "from": "%s", "to": "%s", "reason": "x"}' $other "$from" "$to" >"$dir/plan.json"
	migrate --dry-run
	same "a plan of $other" "$? $(grep -c 'is of another workflow: receipt' "$dir/err")" '1 1'
done

# --- the report ---
plan ''
migrate --dry-run
same 'refusals end with 7' $? 7
same 'the version is ready' "$(grep -c '"published":true,"inForce":true}' "$dir/out")" 1
same 'all were looked at' "$(figure looked)" 120
same 'who is in a step without counterpart stays' "$(figure moved) $(figure refused)" '90 30'
same 'a limit that is new makes late' "$(figure newlyLate)" 90
same 'the reason is told once, with a case' \
	"$(grep -o '"reasons":\[{"reason":"[^"]*","cases":30,"example":"[0-9]' "$dir/out" | grep -c 't02-check-confirmation-of-receipt')" 1
same 'by department' "$(grep -c '"departments":\[{"department":"市行政审批局","moved":90,"refused":30,' "$dir/out")" 1
same 'nobody has moved anything before' "$(grep -c '"before":{"moved":0,"newlyLate":0,"dueEarlier":0,"dueLater":0}' "$dir/out")" 1
same 'nothing was written' "$(sql "select count(*) from facts where kind = 17") $(sql 'select count(distinct definition) from cases')" '0 1'

# --- the run, killed half way and started again ---
plan ', "steps": {"t02-check-confirmation-of-receipt": "t02-check"}, "clocks": {"deadline": "restart"}'
"$onestop" migrate-cases --plan "$dir/plan.json" >/dev/null 2>&1 &
pid=$!
while [ "$(sql "select count(*) from facts where body like '%\"command\":\"migrate\"%'")" = 0 ] && kill -0 $pid 2>/dev/null; do :; done
kill -9 $pid 2>/dev/null
wait $pid 2>/dev/null
before=$(sql "select count(*) from facts where body like '%\"command\":\"migrate\"%'")
figures() { for f in looked moved refused newlyLate dueEarlier dueLater; do figure $f; done | tr '\n' ' '; }
migrate --dry-run
same 'a dry run says what is left, and what was done' "$? $(figure moved) $(grep -c "\"before\":{\"moved\":$before,\"newlyLate\":[0-9]*," "$dir/out")" "0 $((120 - before)) 1"
migrate
same 'the report is of the whole, whichever run has moved it' "$? $(figures)" '0 120 120 0 90 0 0 '
same 'by department, too' "$(grep -c '"departments":\[{"department":"市行政审批局","moved":120,"refused":0,"newlyLate":90,' "$dir/out")" 1
same 'and says what was done before' "$(sed 's/.*"before":{"moved":\([0-9]*\),.*/\1/' "$dir/out")" "$before"
same 'each case once' "$(sql "select count(*), count(distinct case_id) from facts where body like '%\"command\":\"migrate\"%'")" '120|120'
same 'all are of the new version' "$(sql "select count(*) from cases c join definitions d on d.id = c.definition where d.hash like '$to%'")" 120
same 'a clock that is restarted ended as cancelled or late' "$(sql "select count(*) from timings where rule = 'deadline' and cancelled")" 120
migrate
same 'again there is nothing to do, and the report is the same' "$? $(figures) $(sed 's/.*"before":{"moved":\([0-9]*\),.*/\1/' "$dir/out")" '0 120 120 0 90 0 0  120'
same 'in words' "$("$onestop" migrate-cases --plan "$dir/plan.json" 2>/dev/null | grep -c 'of these, earlier runs of this plan had moved 120, 90 of them newly late')" 1
"$onestop" audit replay --json >"$dir/out" 2>&1
same 'the facts give the states, across the versions' "$? $(tail -n 1 "$dir/out" | sed 's/.*"cases":\([0-9]*\),.*"wrong":\([0-9]*\).*/\1 \2/')" '0 120 0'
sql "update cases set form = replace(form, '{', '{ ') where id = (select min(id) from cases)"
"$onestop" audit replay >"$dir/out" 2>&1
same 'what was tampered with is named' "$? $(grep -c 'its facts give another form' "$dir/out")" '7 1'
echo "$passed passed, $failed failed"
[ $failed = 0 ]
