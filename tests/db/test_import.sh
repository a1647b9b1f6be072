#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# onestop import: small logs with every fault, and a real one with 8,577 events,
# whole, twice, and killed half way.  The real log is found in ../shared, or
# $ONESTOP_SHARED; without it its tests are skipped.
set -u
cd "$(dirname "$0")/../.." || exit 1
onestop=${ONESTOP:-build/release/onestop}
real=${ONESTOP_SHARED:-../shared}/real/receipt.csv
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
# shellcheck source=tests/support/same.sh disable=SC1091
. tests/support/same.sh
skipped=0
export LC_ALL=C.UTF-8 PGOPTIONS='-c client_min_messages=warning'
mkdir "$dir/house"
cp -R workflows/organisation.json workflows/plan.json workflows/calendar tests/import/receipt.json "$dir/house/"
export ONESTOP_SERVER_WORKFLOWS="$dir/house"

sql() { psql -XAtq -v ON_ERROR_STOP=1 -c "$1"; }

# import LOG: the exit code; what it says is in $dir/out and $dir/err
import() {
	"$onestop" import --json --map tests/import/map.json "$1" >"$dir/out" 2>"$dir/err"
}

figure() { sed "s/.*\"$1\":\([0-9]*\).*/\1/" "$dir/out"; }

head='case:channel,case:concept:name,case:deadline,case:department,case:enddate,case:startdate,concept:name,lifecycle:transition,org:resource,time:timestamp'
own='2011-12-06 13:41:31.788+01:00,General,2011-11-24 15:37:17+01:00,2011-10-11 13:42:22+02:00'
first='Confirmation of receipt,complete,R21'
second='T02 Check confirmation of receipt,complete,R10'

# --- faults, told by their lines, and nothing half in ---
{
	printf '\357\273\277%s\r\n' "$head"
	printf '"Inter""net, 中文\r\nline",a,%s,%s,2011-10-11 13:45:40.276+02:00\r\n' "$own" "$first"
	printf '"Inter""net, 中文\r\nline",a,%s,%s,2011-10-12 08:26:25.398+02:00\r\n' "$own" "$second"
	printf '\r\n'
	printf 'Desk,b,%s,%s,2011-10-11 13:45:40+02:00\r\n' "$own" "$first"
	printf 'Desk,b,%s,%s,2011-13-11 13:45:40+02:00\r\n' "$own" "$second"
	printf 'Desk,c,%s,T99 Unheard of,complete,R1,2011-10-11 13:45:40+02:00\r\n' "$own"
	printf 'Desk,d,%s,%s,2011-10-11 13:45:40+02:00\r\n' "$own" "$second"
	printf 'Desk,e,%s,%s\r\n' "$own" "$first"
	printf 'Desk,f,%s,%s,2011-10-11 13:45:40+02:00\r\n' "$own" "$first"
	printf 'Post,f,%s,%s,2011-10-12 13:45:40+02:00\r\n' "$own" "$second"
	printf 'Desk,g,soon,General,,2011-10-11 13:42:22+02:00,%s,2011-10-11 13:45:40+02:00\r\n' "$first"
	printf 'Desk,h,%s,Confirmation of receipt,start,R21,2011-10-11 13:45:40+02:00' "$own"
} >"$dir/faults.csv"
import "$dir/faults.csv"
same 'faults end with 7' $? 7
same 'each fault is told by its line' "$(sed "s|$dir/||; s/^\(faults.csv:[0-9]*\): .*/\1/" "$dir/err" | grep faults | tr '\n' ' ')" \
	'faults.csv:8 faults.csv:9 faults.csv:11 faults.csv:13 faults.csv:14 faults.csv:10 '
same 'what follows too early is refused by the core' \
	"$(grep -c 'faults.csv:10: case d: t02-check-confirmation-of-receipt is refused' "$dir/err")" 1
same 'a faulty case stays out whole' "$(sql 'select count(*) from cases')" 1
same 'quotes, commas, lines and Chinese come through' \
	"$(sql "select (form::json->>'channel') = E'Inter\"net, 中文\r\nline' from cases")" t
same 'a row of another kind is passed over' "$(figure rowsPassedOver)" 1
same 'it happened when the log says' \
	"$(sql "select string_agg((extract(epoch from at) * 1000)::bigint::text, ' ' order by number) from facts")" \
	'1318333342000 1318333540276 1318400785398 1322145437000'
same 'and was done by whom the log says' "$(sql "select string_agg(actor, ' ' order by number) from facts")" \
	'import R21 R10 import'
printf '%s\nDesk,x,%s,%s,2011-10-11 13:45:40+02:00\nDesk,"y"y,%s,%s,2011-10-11 13:45:40+02:00\n' \
	"$head" "$own" "$first" "$own" "$first" >"$dir/lost.csv"
import "$dir/lost.csv"
same 'a row of an unknown case ends with 7' "$?" 7
same 'and nothing goes in' "$(sql 'select count(*) from cases')" 1

# --- a log that grew ---
grown() {
	printf '%s\n' "$head"
	printf 'Desk,grow,2011-12-06 13:41:31+01:00,General,%s,2011-10-11 13:42:22+02:00,%s,2011-10-11 13:45:40+02:00\n' "$1" "$first"
}
grown '' >"$dir/grown.csv"
import "$dir/grown.csv"
same 'a case without an end stays open' "$(sql "select phase, alarm is not null from cases where form like '%Desk%'")" '1|t'
{
	grown '2011-11-24 15:37:17+01:00'
	printf 'Desk,grow,2011-12-06 13:41:31+01:00,General,2011-11-24 15:37:17+01:00,2011-10-11 13:42:22+02:00,%s,2011-10-12 08:26:25+02:00\n' "$second"
} >"$dir/grown.csv"
import "$dir/grown.csv"
same 'of a longer log only the new goes in' "$(figure recorded) $(figure known)" '2 2'
same 'and it can close the case' "$(sql "select phase from cases where form like '%Desk%'")" 2
sed 's/R21/R22/' "$dir/grown.csv" >"$dir/other.csv"
import "$dir/other.csv"
same 'a log that says otherwise than before is refused' "$? $(figure refused)" '7 3'

# --- maps ---
wrong_map() {
	sed "$2" tests/import/map.json >"$dir/map.json"
	"$onestop" import --map "$dir/map.json" "$dir/grown.csv" >/dev/null 2>"$dir/err"
	same "a map is checked: $1" "$(grep -c "$1" "$dir/err")" 1
}
wrong_map 'there is no member soruce' 's/"source"/"soruce"/'
wrong_map 'the log has no column "org:person"' 's/org:resource/org:person/'
wrong_map 'did you mean t06-determine-necessity-of-stop-advice' 's/"t06-determine-necessity-of-stop-advice"/"t06-determine-necessity-of-stop-advise"/'
wrong_map '"as" is string, integer' 's/"date-time"/"time"/'
wrong_map 'there is no district 371599' 's/371502/371599/'

# --- the real log ---
# What the log says of itself, one figure a line.
truth() {
	perl -e '
		open my $in, "<", $ARGV[0] or die; my $h = <$in>; my (%n, %case);
		while (<$in>) { s/\r?\n$//; my @f = split /,/, $_, -1; $n{$f[10]}++;
			my $c = $case{$f[1]} //= {end => $f[4]}; $c->{n}++ }
		for (sort keys %n) { my $id = lc; $id =~ s/[^a-z0-9]+/-/g; print "$id|$n{$_}\n" }
		print "cases|", scalar(keys %case), "\n";
		print "closed|", scalar(grep { $_->{end} ne "" } values %case), "\n";
		print "most|", (sort { $b <=> $a } map { $_->{n} } values %case)[0], "\n"' "$real" | sort
}
found() {
	sql "select body::json->>'action', count(*) from facts where kind = 1 and body::json->>'action' <> 'close' group by 1
		union all select 'cases', count(*) from cases union all select 'closed', count(*) from cases where phase = 2
		union all select 'most', max(n) from (select count(*) as n from facts where kind = 1 and body::json->>'action' <> 'close'
			group by case_id) x" | sort
}
# Late is who was closed, or acted last, after his deadline.
late_truth() {
	perl -MTime::Local -e '
		sub ms { $_[0] =~ /^(....)-(..)-(..) (..):(..):(..)(?:\.(\d+))?([+-])(..):(..)$/ or die $_[0];
			timegm($6, $5, $4, $3, $2 - 1, $1) - ($8 . 1) * ($9 * 3600 + $10 * 60) + ("0." . ($7 || 0)) }
		open my $in, "<", $ARGV[0] or die; my $h = <$in>; my %case;
		while (<$in>) { s/\r?\n$//; my @f = split /,/, $_, -1; next if $f[4] eq "";
			my $c = $case{$f[1]} //= [ms($f[2]), ms($f[4])]; my $t = ms($f[14]); $c->[1] = $t if $t > $c->[1] }
		print scalar(grep { $_->[1] > $_->[0] } values %case), "\n"' "$real"
}

half_way() {
	mkfifo "$dir/in" "$dir/told"
	psql -qAtX <"$dir/in" >"$dir/told" &
	holder=$!
	exec 3>"$dir/in" 4<"$dir/told"
	echo "begin; do \$\$ begin loop exit when (select count(*) from cases) > 300; end loop;
		lock table facts in exclusive mode; end \$\$; select 'held';" >&3
	"$onestop" import --map tests/import/map.json "$real" >/dev/null 2>&1 &
	victim=$!
	read -r word <&4
	kill -9 $victim
	wait $victim 2>/dev/null
	echo 'rollback;' >&3
	exec 3>&- 4<&-
	wait $holder
	n=$(sql 'select count(*) from cases')
	same "killed half way ($n cases)" "$word $((n > 300 && n < 1434))" 'held 1'
}

# Its connections are cut while it writes.
cut_half_way() {
	sql "do \$\$ begin loop exit when (select count(*) from cases) > 300; end loop;
		perform pg_terminate_backend(pid) from pg_stat_activity
		where application_name like 'onestop import%' and datname = current_database(); end \$\$" &
	cutter=$!
	import "$real"
	same 'a lost connection is made anew' "$? $(grep -c 'receipt.csv:' "$dir/err")" '0 0'
	wait $cutter
	same 'and everything is there once' "$(found)" "$(truth)"
}

real_tests() {
	sql 'truncate cases, facts, timings, keys, journal, numberer, party_cases, outbox'
	import "$real"
	same 'the real log goes in, and nothing is said but how far it is' "$? $(grep -v '^import: [0-9]' "$dir/err")" '0 '
	ms=$(figure milliseconds)
	echo "$(figure cases) cases, $(figure rows) events: $(figure recorded) steps in $ms ms, $(($(figure recorded) * 1000 / ms)) steps/s, $(($(figure rows) * 1000 / ms)) events/s"
	same 'each activity is there as often as in the log' "$(found)" "$(truth)"
	same 'each case that ended late is late' \
		"$(sql "select count(*) from timings where rule = 'deadline' and verdict = 2")" "$(late_truth)"
	import "$real"
	same 'a second run finds everything there' "$(figure recorded) $(figure known)" "0 $(sql "select count(*) from facts where kind <> 2")"
	same 'and changes nothing' "$(found)" "$(truth)"
	facts=$(sql "select count(*), md5(string_agg(f, ',' order by f)) from (select body::json->>'at' || actor || (body::json->>'facts') as f from facts) x")
	sql 'truncate cases, facts, timings, keys, journal, numberer, party_cases, outbox'
	half_way
	import "$real"
	same 'the rest follows' "$?" 0
	same 'nothing is lost and nothing doubled' "$(found)" "$(truth)"
	same 'the facts are those of a run that nobody killed' \
		"$(sql "select count(*), md5(string_agg(f, ',' order by f)) from (select body::json->>'at' || actor || (body::json->>'facts') as f from facts) x")" "$facts"
	same 'their alarms wait no longer' "$(sql 'select count(*) from cases where alarm > clock_timestamp()')" 0
	sql 'truncate cases, facts, timings, keys, journal, numberer, party_cases, outbox'
	cut_half_way
}

if [ -r "$real" ]; then
	real_tests
else
	skipped=12
	echo "the real log is skipped: $real is not there"
fi

echo "$passed passed, $failed failed$([ $skipped = 0 ] || echo ", $skipped skipped")"
[ "$failed" = 0 ]
