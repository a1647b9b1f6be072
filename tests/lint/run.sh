#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Runs every check of the house over the current tree; the last line sums up.
#   tests/lint/run.sh BUILD_DIR [CHECK...]
set -u
B=${1:-build/release}
[ $# = 0 ] || shift
export B
here=$(dirname "$0")
passed=0 failed=0
[ $# -gt 0 ] || set -- layers includes purity symbols statements headers words sizes spdx banned \
	unfinished format shell
for check in "$@"; do
	if found=$("$here/check_$check.sh" 2>&1); then
		passed=$((passed + 1))
		printf '  %-4s %-12s %s\n' ok "$check" "$found"
	else
		failed=$((failed + 1))
		echo "$found" | sed 's/^/    | /'
		printf '  %-4s %s\n' FAIL "$check"
	fi
done
echo "$passed passed, $failed failed"
[ $failed = 0 ]
