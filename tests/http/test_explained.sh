#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# What people are told of limits over HTTP: why, of which branch, until which day.
set -u
cd "$(dirname "$0")/../.." || exit 1
# shellcheck disable=SC2034 # the hall starts it
onestop=${ONESTOP:-build/release/onestop}
dir=$(mktemp -d)
# shellcheck source=tests/support/test_hall.sh disable=SC1091
. tests/support/test_hall.sh
trap 'hall_close; rm -rf "$dir"' EXIT
# shellcheck disable=SC2034 # the hall copies it
HALL_ALSO=tests/http/explained
hall_open "$dir" 2026-03-02T09:00:00+08:00 && hall_staff tests/http/explained || exit 1
# shellcheck disable=SC2154 # told by the hall
perl -I tests/contract -I tests/support tests/http/explained.pl "$hall_url" || {
	grep -v level=info "$dir/serve.log"
	exit 1
}
