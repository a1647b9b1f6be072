#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Certificates that cases of other procedures replace and revoke: see voids.pl.
set -u
cd "$(dirname "$0")/../.." || exit 1
onestop=${ONESTOP:-build/release/onestop}
dir=$(mktemp -d)
# shellcheck source=tests/support/test_hall.sh disable=SC1091
. tests/support/test_hall.sh
trap 'hall_close; rm -rf "$dir"' EXIT
# shellcheck disable=SC2034 # the hall copies it
HALL_ALSO=tests/http/voids
# shellcheck disable=SC2034 # the hall reads it: two that act at once are in two transactions
HALL_WORKERS=2
hall_open "$dir" 2026-03-02T09:00:00+08:00 || exit 1
for who in window supervisor; do
	echo sample-password | "$onestop" account add $who --role $who --password-stdin 2>/dev/null || exit 1
done
said=$(
	# shellcheck disable=SC2154 # told by the hall
	perl -I tests/contract -I tests/support tests/http/voids.pl "$hall_url" before "$dir/kept"
) || {
	echo "$said"
	grep -v level=info "$dir/serve.log"
	exit 1
}
echo "$said"
kill -KILL "$hall_pid"
wait "$hall_pid" 2>/dev/null
hall_start || exit 1
perl -I tests/contract -I tests/support tests/http/voids.pl "$hall_url" after "$(cat "$dir/kept")" || {
	grep -v level=info "$dir/serve.log"
	exit 1
}
