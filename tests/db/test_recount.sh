#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# onestop recount (T10): a corrected calendar moves due dates and timers. The report of a dry run,
# the run, killed half way and started again, and that the facts still give the
# states, old records by the version they were decided with.
set -u
cd "$(dirname "$0")/../.." || exit 1
onestop=${ONESTOP:-build/release/onestop}
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
# shellcheck source=tests/support/same.sh disable=SC1091
. tests/support/same.sh
export LC_ALL=C.UTF-8 PGOPTIONS='-c client_min_messages=warning'
mkdir "$dir/house"
cp -R workflows/organisation.json workflows/plan.json workflows/calendar "$dir/house/"
export ONESTOP_SERVER_WORKFLOWS="$dir/house" ONESTOP_SERVER_VAR="$dir"

sql() { psql -XAtq -v ON_ERROR_STOP=1 -c "$1"; }
recount() { "$onestop" recount --json "$@" >"$dir/out" 2>"$dir/err"; }
figure() { sed "s/^{[^[]*\"$1\":\([0-9]*\).*/\1/" "$dir/out"; }

# 60 cases with 20 working days that run over the Spring Festival of 2026, which is not published yet;
# and a reminder that comes due a generation later, whenever this test runs.
rm "$dir"/house/calendar/cn-202[6-9].json
sed -e 's/"from": "2010-01-01", "until": "2013-01-01"/"from": "2024-01-01"/' -e 's/, "counts": "continuous",$/,/' \
	-e 's/"limit": {"date": .*}$/"limit": "20 working days"/' \
	-e '/^    "confirmation-of-receipt": {$/,/"by"/s/"by": "reviewer",$/"by": "reviewer", "after": {"9000 working days": {"do": [{"set": {"case.slow": true}}]}},/' tests/import/receipt.json >"$dir/house/receipt.json"
awk 'BEGIN {
	print "case:channel,case:concept:name,case:deadline,case:department,case:enddate,case:startdate,concept:name,lifecycle:transition,org:resource,time:timestamp"
	for (i = 1; i <= 60; i++)
		printf "Desk,c%03d,2026-12-06 13:41:31.788+08:00,General,,2026-02-12 10:00:00+08:00,Confirmation of receipt,complete,R21,2026-02-12 11:00:00+08:00\n", i
}' >"$dir/log.csv"
"$onestop" import --map tests/import/map.json "$dir/log.csv" >"$dir/out" 2>&1 || cat "$dir/out"
same 'the cases are open' "$(sql 'select count(*) from cases where phase = 1')" 60
same 'the calendar is kept' "$(sql 'select count(*) from calendars')" 1
was=$(sql 'select version from calendars')
recount --dry-run
same 'all count by what holds' "$? $(figure looked) $(figure cases)" '0 60 0'
same 'and the doctor says so' "$("$onestop" doctor | grep -c 'all running clocks and periods count by the calendars that hold now')" 1

# --- the notice appears ---
cp workflows/calendar/cn-2026.json "$dir/house/calendar/"
same 'the doctor counts those that wait' "$("$onestop" doctor | grep -c '60 clocks, and timers, waits and deadlines of 60 steps and materials, of 60 open cases count by an older calendar')" 1
recount --dry-run
same 'all were looked at' "$? $(figure looked) $(figure cases) $(figure clocks)" '0 60 60 60'
same 'what the days off mean' "$(figure dueLater) $(figure dueEarlier) $(figure becameFirm)" '60 0 60'
same 'what they mean to reminders' "$(figure periods) $(figure periodsLater) $(figure periodsEarlier) $(figure periodsAtOnce) $(figure periodsBecameFirm)" '60 60 0 0 0'
same 'who was late is so still, where the day is past in both' "$(figure newlyLate)" 0
same 'by department' "$(grep -c '"departments":\[{"department":"市行政审批局","clocks":60,' "$dir/out")" 1
same 'nothing was written' "$(sql "select count(*) from facts where body like '%\"command\":\"recount\"%'")" 0
same 'the new version is kept' "$(sql 'select count(*) from calendars')" 2
now=$(sql "select version from calendars where version <> '$was'")

# --- the run, killed half way and started again ---
"$onestop" recount >/dev/null 2>&1 &
pid=$!
while [ "$(sql "select count(*) from facts where body like '%\"command\":\"recount\"%'")" = 0 ] && kill -0 $pid 2>/dev/null; do :; done
kill -9 $pid 2>/dev/null
wait $pid 2>/dev/null
before=$(sql "select count(*) from facts where body like '%\"command\":\"recount\"%'")
recount
same 'the rest is recounted' "$? $((before + $(figure cases)))" '0 60'
same 'each case once' "$(sql "select count(*), count(distinct case_id) from facts where body like '%\"command\":\"recount\"%'")" '60|60'
same 'a fact says which version replaces which' \
	"$(sql "select count(*) from facts where body like '%{\"calendar\":\"$now\",\"fact\":\"recounted\",\"name\":\"$was\",%'")" 60
same 'and of reminders, too' \
	"$(sql "select count(*) from facts where body like '%{\"calendar\":\"$now\",\"fact\":\"periods-recounted\",\"name\":\"$was\",%'")" 60
same 'clerks see the same revision' "$(sql 'select max(revision) from cases')" 2
same 'they are due six days later' "$(sql "select count(*) from cases where state like '%\"due\":1773824400000000%'")" 60
recount
same 'again there is nothing to do' "$? $(figure looked) $(figure cases)" '0 60 0'

# --- the connection on which it reads is lost: it connects anew and goes on ---
reading="application_name = 'onestop recount' and datname = current_database() and wait_event_type = 'Lock'"
mkfifo "$dir/hold"
psql -XAtq -v ON_ERROR_STOP=1 <"$dir/hold" &
holder=$!
exec 3>"$dir/hold"
echo 'begin; lock table cases in access exclusive mode;' >&3
while [ "$(sql "select count(*) from pg_locks where mode = 'AccessExclusiveLock' and granted and relation = 'cases'::regclass")" = 0 ]; do :; done
recount &
pid=$!
while [ "$(sql "select count(*) from pg_stat_activity where $reading")" = 0 ] && kill -0 $pid 2>/dev/null; do :; done
sql "select pg_terminate_backend(pid) from pg_stat_activity where $reading" >/dev/null
echo 'rollback;' >&3
exec 3>&-
wait $holder
wait $pid
same 'a connection that is lost ends no run' "$? $(figure looked)" '0 60'
same 'and nobody waits' "$("$onestop" doctor | grep -c 'all running clocks and periods count by the calendars that hold now')" 1
"$onestop" audit replay --json >"$dir/out" 2>&1
same 'T10: the facts of every case give its state, each by the calendar of its time' "$? $(figure cases) $(figure wrong)" '0 60 0'

# --- a district with hours of its own, which closes an hour earlier ---
printf '{"hall": "样例大厅", "seasons": [{"from": "01-01", "to": "12-31", "spans": ["09:00-16:00"]}]}\n' >"$dir/house/hall-east.json"
sed 's/{"code": "371502",/{"code": "371502", "hours": "hall-east.json",/' workflows/organisation.json >"$dir/house/organisation.json"
sql "create table aside as select id, state from cases where phase = 1 order by id limit 1;
	update cases c set state = '{' from aside a where c.id = a.id"
recount
same 'a case that cannot be read holds up no other' "$? $(figure looked) $(figure cases) $(figure refused)" '7 60 59 1'
same 'and is told by its number' "$(grep -o '"example":"[^"]*"' "$dir/out")" \
	"$(sql "select '\"example\":\"' || number || '\"' from cases c join aside using (id)")"
same 'the clocks of the others end with its hours' "$(figure dueEarlier)" 59
same 'and their reminders' "$(figure periods) $(figure periodsEarlier)" '59 59'
sql 'update cases c set state = a.state from aside a where c.id = a.id'
recount
same 'mended it follows' "$? $(figure cases) $(figure refused)" '0 1 0'
same 'and none waits by it' "$("$onestop" doctor | grep -c 'all running clocks and periods count by the calendars that hold now')" 1

# --- what cannot be read ---
printf '{' >"$dir/house/hall-east.json"
recount
same 'a hall that cannot be read' "$? $(grep -c 'onestop lint lists the problems' "$dir/err")" '1 1'
echo "$passed passed, $failed failed"
[ $failed = 0 ]
