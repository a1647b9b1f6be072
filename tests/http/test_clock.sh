#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The test clock: which databases have one, and that it only goes forward.
set -u
cd "$(dirname "$0")/../.." || exit 1
onestop=${ONESTOP:-build/release/onestop}
dir=$(mktemp -d)
# shellcheck source=tests/support/test_hall.sh disable=SC1091
. tests/support/test_hall.sh
trap 'hall_close; rm -rf "$dir"' EXIT
# shellcheck source=tests/support/same.sh disable=SC1091
. tests/support/same.sh
unset LC_ALL LC_MESSAGES LANG

# mark DATABASE [=INSTANT]: the exit code
mark() {
	PGDATABASE=$1 "$onestop" migrate "--test-clock${2:-}" >/dev/null 2>"$dir/err"
	echo $?
}

ask() {
	# shellcheck disable=SC2154 # told by the hall
	curl -s -o "$dir/body" -w '%{http_code}' "$hall_url/v1/test-clock" -H 'content-type: application/json' "$@"
}

other=clock$$
createdb -T "${ONESTOP_PG_TEMPLATE:?}" "$other"
same 'what is no instant is refused' "$(mark "$other" =tomorrow)" 2
same 'without an instant it stands at the present' "$(mark "$other")" 0
same 'time is given once' "$(mark "$other") $(grep -c 'has a test clock already' "$dir/err")" '2 1'
same 'it stands' "$(psql -XAtqd "$other" -c 'select a.moment = b.moment from present a, (select moment, pg_sleep(0.01) from present) b')" t
dropdb "$other"
createdb -T "$ONESTOP_PG_TEMPLATE" "$other"
psql -XAtqd "$other" -c "select nextval('case_ids')" >/dev/null
same 'a database that had cases is not made one for tests' "$(mark "$other" =2026-03-02T08:00:00+08:00)" 2
dropdb "$other"

hall_open "$dir" 2026-03-02T08:00:00+08:00 || exit 1
same 'it is told' "$(ask) $(cat "$dir/body")" '200 {"now":"2026-03-02T08:00:00+08:00"}'
same 'it goes forward' "$(ask -d '{"to":"2026-03-04T08:00:00+08:00"}') $(cat "$dir/body")" \
	'200 {"now":"2026-03-04T08:00:00+08:00"}'
same 'and never back' "$(ask -d '{"to":"2026-03-03T08:00:00+08:00"}') $(cat "$dir/body")" \
	'200 {"now":"2026-03-04T08:00:00+08:00"}'
same 'what is no instant is refused over HTTP' "$(ask -d '{"to":"tomorrow"}')" 422
hall_close
psql -XAtqc 'delete from test_clock'
rm -rf "$dir/app"
hall_open "$dir" - || exit 1
same 'a database of the real time has none' "$(ask)" 404
same 'and it cannot be moved' "$(ask -d '{"to":"2036-03-04T08:00:00+08:00"}')" 404

echo "$passed passed, $failed failed"
[ "$failed" = 0 ]
