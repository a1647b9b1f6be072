# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=sh disable=SC2034 # the caller sums up
# For scripts (". tests/support/same.sh"), which end with
#   echo "$passed passed, $failed failed"

passed=0 failed=0

# same WHAT IS WANTED
same() {
	if [ "$2" = "$3" ]; then
		passed=$((passed + 1))
	else
		failed=$((failed + 1))
		printf '%s\n  is     %s\n  wanted %s\n' "$1" "$2" "$3"
	fi
}
