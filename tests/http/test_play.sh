#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Every scenario of the project over HTTP: clerks, systems and applicants sign
# in and act on a daemon, all cases side by side in one virtual time; systems
# send signed messages, and the hall itself opens the child cases.
set -u
cd "$(dirname "$0")/../.." || exit 1
onestop=${ONESTOP:-build/release/onestop}
dir=$(mktemp -d)
# shellcheck source=tests/support/test_hall.sh disable=SC1091
. tests/support/test_hall.sh
trap 'hall_close; rm -rf "$dir"' EXIT
also='tests/http/kin tests/http/world tests/scenario/messages'
export HALL_ALSO="$also"
# shellcheck disable=SC2086 # folders
hall_open "$dir" 2020-01-01T00:00:00+08:00 && hall_staff workflows $also || exit 1
# shellcheck disable=SC2086,SC2154 # folders; told by the hall
"$onestop" play --url "$hall_url" --accounts "$hall_accounts" workflows $also || {
	grep -v level=info "$dir/serve.log"
	exit 1
}
