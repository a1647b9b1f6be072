#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# What an enterprise broke elsewhere closes the gate before a promise, until it is made good.
set -u
cd "$(dirname "$0")/../.." || exit 1
# shellcheck disable=SC2034 # the hall starts it
onestop=${ONESTOP:-build/release/onestop}
dir=$(mktemp -d)
# shellcheck source=tests/support/test_hall.sh disable=SC1091
. tests/support/test_hall.sh
trap 'hall_close; rm -rf "$dir"' EXIT
# shellcheck disable=SC2034 # the hall copies it
HALL_ALSO=tests/http/credit
hall_open "$dir" 2026-03-02T09:00:00+08:00 && hall_staff workflows/registration || exit 1
# shellcheck source=tests/support/same.sh disable=SC1091
. tests/support/same.sh
# shellcheck disable=SC2154 # told by the hall
perl -I tests/contract -I tests/support tests/http/credit.pl "$hall_url" || {
	grep -v level=info "$dir/serve.log"
	exit 1
}

# What a release of before the table wrote tells no moment and has no row; nor is there one for what
# was made good.  A daemon adds the rows after its start, once.
sql() { psql -XAtq -v ON_ERROR_STOP=1 -c "$1"; }
hall_close
all=$(sql 'select count(*) from broken_promises')
same 'some are known' "$([ "$all" -gt 1 ] && echo some)" some
sql "update cases set state = regexp_replace(state, '\"broken\":(\"[^\"]*\"|[0-9]+),', '', 'g') where state like '%\"state\":\"broken\"%'"
made_good=$(sql "select count(*) from cases where state like '%\"restored\":true%\"state\":\"broken\"%'")
same 'one is made good' "$made_good" 1
was=$(sql "select string_agg(party || ' ' || case_id || ' ' || material, ', ' order by case_id) from broken_promises")
sql "delete from broken_promises where case_id <> (select min(case_id) from broken_promises)"
left=$(sql 'select party, case_id, at from broken_promises')
hall_start || exit 1
until grep -q 'broken promises of before are known' "$dir/serve.log"; do kill -0 "$hall_pid" || break; done
same 'all are known again' "$(sql "select string_agg(party || ' ' || case_id || ' ' || material, ', ' order by case_id) from broken_promises")" "$was"
same 'those that were are as they were' "$(sql "select party, case_id, at from broken_promises where case_id = (select min(case_id) from broken_promises)")" "$left"
same 'with the moment of the record' "$(sql "select count(*) from broken_promises b where exists (select from facts f where f.case_id = b.case_id and f.at = b.at)")" "$all"
echo "$passed passed, $failed failed"
[ $failed = 0 ]
