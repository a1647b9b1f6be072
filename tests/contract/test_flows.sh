#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The ways through the hall (flows.arazzo.yaml), replayed by Redocly Respect
# against a running daemon; every reply is held against api/openapi.yaml.
set -u
here=$(cd "$(dirname "$0")" && pwd)
"$here/redocly" --version >/dev/null 2>&1 || {
	echo "skipped: Redocly is not here; make contract-tools fetches it"
	echo "0 passed, 0 failed, 1 skipped"
	exit 0
}
log=$(mktemp)
trap 'rm -f "$log"' EXIT
# shellcheck disable=SC2016 # for the inner shell
"$here/hall" sh -c 'exec "$0" respect "$1" --server contract="$ONESTOP_URL" --input run=flow' \
	"$here/redocly" "$here/flows.arazzo.yaml" >"$log" 2>&1
status=$?
# "Steps: 36 passed, 2 failed, 38 total"; nothing but passed ones are not counted apart.
passed=$(sed -n 's/.*Steps: \([0-9]*\) passed.*/\1/p' "$log")
failed=$(sed -n 's/.*Steps: .* \([0-9]*\) failed.*/\1/p' "$log")
[ $status = 0 ] || {
	grep -v '✓' "$log"
	[ -n "$failed" ] || failed=1
}
echo "${passed:-0} passed, ${failed:-0} failed"
[ $status = 0 ]
