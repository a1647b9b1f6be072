#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Runs every check of the house over the current tree; the last line sums up.
#   tests/lint/run.sh BUILD_DIR [CHECK...]
set -u
B=${1:-build/release}
[ $# = 0 ] || shift
export B
here=$(dirname "$0")
said=$(mktemp -d)
trap 'rm -rf "$said"' EXIT
passed=0 failed=0
# the longest first: as many run at a time as there are processors
[ $# -gt 0 ] || set -- shell format headers spdx banned words sizes statements purity \
	symbols layers includes unfinished
printf '%s\n' "$@" | xargs -P "$(nproc)" -I{} \
	sh -c '"$1/check_$2.sh" >"$3/$2" 2>&1 || : >"$3/$2.failed"' - "$here" {} "$said"
for check; do
	if [ ! -e "$said/$check.failed" ]; then
		passed=$((passed + 1))
		printf '  %-4s %-12s %s\n' ok "$check" "$(cat "$said/$check")"
	else
		failed=$((failed + 1))
		sed 's/^/    | /' "$said/$check"
		printf '  %-4s %s\n' FAIL "$check"
	fi
done
echo "$passed passed, $failed failed"
[ $failed = 0 ]
