#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The file of an enterprise over HTTP, also after a procedure was taken out of the folder.
set -u
cd "$(dirname "$0")/../.." || exit 1
onestop=${ONESTOP:-build/release/onestop}
dir=$(mktemp -d)
# shellcheck source=tests/support/test_hall.sh disable=SC1091
. tests/support/test_hall.sh
trap 'hall_close; rm -rf "$dir"' EXIT
# shellcheck disable=SC2034 # the hall copies it
HALL_ALSO=tests/http/dossier
hall_open "$dir" 2026-03-02T09:00:00+08:00 || exit 1
account() {
	echo sample-password | "$onestop" account add "$1" --role "$2" --password-stdin ${3:+--department "$3"} 2>/dev/null
}
account window window && account supervisor supervisor && account head head 市行政审批局 &&
	account tax reviewer 市税务局 && account police reviewer 市公安局 || exit 1
# shellcheck disable=SC2086,SC2154 # a command and its arguments, told by the hall
ONESTOP_SERVER_VAR="$dir/app/var" $hall_as "$dir/app/onestop" key make >/dev/null || exit 1
hall_close
hall_start || exit 1
said=$(
	# shellcheck disable=SC2154 # told by the hall
	perl -I tests/contract -I tests/support tests/http/dossier.pl "$hall_url" before
) || {
	echo "$said"
	grep -v level=info "$dir/serve.log"
	exit 1
}
echo "$said"
hall_close
rm "$dir/app/workflows/vanishing.json"
hall_start || exit 1
perl -I tests/contract -I tests/support tests/http/dossier.pl "$hall_url" after || {
	grep -v level=info "$dir/serve.log"
	exit 1
}
