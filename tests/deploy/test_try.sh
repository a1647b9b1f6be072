#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# What README.md lets a newcomer try is done by deploy/try, word for word, at a
# hall of `make run`; and a company is open afterwards.
set -u
cd "$(dirname "$0")/../.." || exit 1
passed=0 failed=0
dir=$(mktemp -d)
chmod 0755 "$dir"
var=$dir/var
unset PGHOST PGUSER PGDATABASE PGOPTIONS
export ONESTOP_SERVER_LISTEN="127.0.0.1"
runner=''

# shellcheck disable=SC2317 # called by the trap
finish() {
	[ -z "$runner" ] || kill -TERM "$runner" 2>/dev/null
	deploy/stop "$var" 2>/dev/null
	rm -rf "$dir"
}
trap finish EXIT

check() {
	if [ "$2" = "$3" ]; then
		passed=$((passed + 1))
	else
		failed=$((failed + 1))
		echo "$1: expected \"$3\", got \"$2\""
		cat "$dir/said"
	fi
}

# The lines of README.md that show a request, without their indentation.
sed -n 's/^ *\(curl .*\)/\1/p' README.md >"$dir/shown"
sed 's/^\t*//' deploy/try >"$dir/done"
: >"$dir/said"
check 'README.md shows requests' "$([ "$(wc -l <"$dir/shown")" -ge 3 ] && echo yes)" yes
check 'and deploy/try makes each of them' "$(grep -vxF -f "$dir/done" "$dir/shown")" ''
check 'README.md names both commands' "$(grep -cE '^(make run|deploy/try) ' README.md)" 2

: >"$dir/log" # tail may look before the shell behind it has made it
setsid deploy/run 0 "$var" >"$dir/log" 2>&1 &
runner=$!
# Its output ends with it, so this waits for the line or for the end.
url=$(tail -n +1 -f --pid="$runner" "$dir/log" | sed -n '/ msg=ready /{s/.* url=\([^ ]*\).*/\1/p;q}')
deploy/try "$url" "$var" >"$dir/said" 2>&1
check 'deploy/try ends well' "$?" 0

# What stands below the line == TITLE.
part() { sed -n "/^== $1/,/^\$/p" "$dir/said" | tail -n +2; }

check 'the five systems are asked, and answer' "$(part 'the systems' | grep -c '"status":"\(in-review\|decided\)"')" 5
check 'the company is open' "$(part 'the window hands out' | grep -c '"phase":"closed","outcome":"granted"')" 1
check 'its applicant sees it, and that the promise was kept' \
	"$(part 'what the applicant sees' | grep -c '"code":"delivered".*"name":"promised".*"verdict":"on-time"')" 1
check 'the 20 minutes are derived' "$(part 'how the 20' | grep -c '^limit 20 minutes\|0:20:00\|^due ')" 3
check 'each step has its row' "$(part 'the time' | grep -c '^"company-opening",".*",1,0,1,0,0,0,1.0000,')" 11
echo "$passed passed, $failed failed"
[ $failed = 0 ]
