#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Statistics, over HTTP: of cases from scenarios, and of some whose figures are known.
set -u
cd "$(dirname "$0")/../.." || exit 1
onestop=${ONESTOP:-build/release/onestop}
dir=$(mktemp -d)
# shellcheck source=tests/support/test_hall.sh disable=SC1091
. tests/support/test_hall.sh
trap 'hall_close; rm -rf "$dir"' EXIT
# shellcheck disable=SC2034 # the hall copies it
HALL_ALSO='tests/http/counts tests/http/chosen'
folders='workflows/registration workflows/construction workflows/bankruptcy tests/http/chosen'

# desk NAME ROLE [OPTION...]
desk() {
	name=$1 role=$2
	shift 2
	echo sample-password | "$onestop" account add "$name" --role "$role" --password-stdin "$@" 2>/dev/null
}

# shellcheck disable=SC2086 # a list of folders
hall_open "$dir" 2020-01-01T00:00:00+08:00 && hall_staff $folders || exit 1
desk auditor auditor && desk fire reviewer --department 市消防救援支队 && desk market reviewer --department 市市场监管局 &&
	desk confirm registrar --department 市市场监管局 && desk lead head --department 市行政审批局 || exit 1
# What the scenarios expect is test_play.sh's affair.
# shellcheck disable=SC2086,SC2154 # a list of folders; told by the hall
"$onestop" play --url "$hall_url" --accounts "$hall_accounts" $folders >"$dir/play" || {
	tail -n 20 "$dir/play"
	exit 1
}
perl -I tests/contract -I tests/support tests/http/statistics.pl "$hall_url" || {
	grep -v level=info "$dir/serve.log"
	exit 1
}
