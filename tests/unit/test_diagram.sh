#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# onestop diagram: what it writes, and the exit code that scripts rely on.
set -u
onestop=${ONESTOP:-build/release/onestop}
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
passed=0 failed=0
workflow=workflows/registration/company-opening.json

# expect NAME EXIT PATTERN COMMAND...: the exit code, and a line of the output
expect() {
	name=$1 code=$2 pattern=$3
	shift 3
	"$@" >"$dir/out" 2>"$dir/err"
	got=$?
	if [ "$got" = "$code" ] && cat "$dir/out" "$dir/err" | grep -q -- "$pattern"; then
		passed=$((passed + 1))
	else
		failed=$((failed + 1))
		printf 'not as expected: %s: exit %s\n' "$name" "$got"
		head -c 2000 "$dir/out" "$dir/err"
	fi
}

LC_ALL=C.UTF-8
export LC_ALL
mkdir "$dir/house"
cp -R tests/definitions/house/. "$dir/house"
cp -R workflows/calendar "$dir/house/calendar"
expect 'English at an English terminal' 0 '<title id="title">Company opening</title>' \
	"$onestop" diagram --workflows workflows $workflow
expect 'Chinese when asked for' 0 '<title id="title">企业开办</title>' \
	"$onestop" diagram --workflows workflows --lang zh $workflow
expect 'the roles have their titles' 0 '>综合窗口</text>' \
	"$onestop" diagram --workflows workflows --lang zh $workflow
cp "$dir/out" "$dir/before"
"$onestop" diagram --workflows workflows --lang zh --out "$dir/file" $workflow
expect 'into a file, the same bytes again' 0 'the same' sh -c "cmp '$dir/before' '$dir/file' && echo the same"
expect 'a faulty definition is not drawn' 7 '^tests/definitions/no-end.json:' \
	"$onestop" diagram --workflows "$dir/house" tests/definitions/no-end.json
expect 'a file that is not there' 7 'No such file' "$onestop" diagram --workflows workflows "$dir/nowhere.json"
expect 'a folder that is not there' 7 'organisation.json' "$onestop" diagram --workflows "$dir/nowhere" $workflow
expect 'no file at all' 2 'one definition' "$onestop" diagram --workflows workflows
expect 'two files' 2 'one definition' "$onestop" diagram --workflows workflows $workflow $workflow
expect 'an unknown language' 2 'zh or en' "$onestop" diagram --lang fr $workflow
expect 'where nothing can be written' 1 'nowhere' \
	"$onestop" diagram --workflows workflows --out "$dir/nowhere/x.svg" $workflow
printf '%d passed, %d failed\n' "$passed" "$failed"
[ "$failed" = 0 ]
