#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# onestop lint: what it prints, and the exit code that scripts rely on.
set -u
onestop=${ONESTOP:-build/release/onestop}
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
passed=0 failed=0

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
		cat "$dir/out" "$dir/err"
	fi
}

LC_ALL=C.UTF-8
export LC_ALL
mkdir "$dir/house"
cp tests/definitions/house/*.json "$dir/house"
cp -R workflows/calendar "$dir/house/calendar"
house="--workflows $dir/house"

# shellcheck disable=SC2086 # two words
{
	expect 'a sound definition' 0 '^1 definitions: 0 problems, 0 warnings$' \
		"$onestop" lint $house tests/definitions/sound.json
	expect 'a problem has file, line and number' 7 \
		'^tests/definitions/unknown-key.json:32: 103 unknown key "limt"; did you mean "limit"?; ' \
		"$onestop" lint $house tests/definitions/unknown-key.json
	expect 'a warning alone is no failure' 0 \
		'^tests/definitions/limit-missing.json:31: 407 warning: ' \
		"$onestop" lint $house tests/definitions/limit-missing.json
	expect 'the date function is asked' 7 ': 408 started at 2022-01-27T09:00:00+08:00' \
		"$onestop" lint $house tests/definitions/promise-exceeds.json
	expect 'problems as JSON' 7 '"line":32,"pointer":"/steps/review/limt","number":103,"name":"unknown-key"' \
		"$onestop" lint --json $house tests/definitions/unknown-key.json
	expect 'versions are held against each other' 7 ': 211 ' \
		"$onestop" lint $house tests/definitions/overlap.json tests/definitions/overlap.2.json
	expect 'a folder is searched' 7 '^[0-9]* definitions: [0-9]* problems' \
		"$onestop" lint $house tests/definitions
	expect 'the house itself is checked' 7 'cn-2026.json\|calendar:1: 503 ' \
		"$onestop" lint --workflows tests/definitions/bad-house tests/definitions/sound.json
	expect 'a file that is not there' 1 'No such file' "$onestop" lint $house "$dir/nowhere.json"
}
# What exploration finds comes with a scenario that plays.
cp -R workflows/fragments "$dir/house/fragments"
for fault in no-way-on no-way-on-material no-way-out fails; do
	mkdir "$dir/$fault"
	cp "tests/definitions/$fault.json" "$dir/$fault/"
	"$onestop" lint --workflows "$dir/house" "$dir/$fault" 2>/dev/null | sed -n '/^workflow /,$p' >"$dir/$fault/$fault.case"
	expect "the example of $fault plays" 0 '^1 passed, 0 failed$' \
		"$onestop" play --workflows "$dir/house" "$dir/$fault"
done
# A fault that shows in one lane only, behind child cases.
mkdir "$dir/lane"
cat >"$dir/lane/stuck-in-lane.json" <<'EOF'
{"id": "stuck-in-lane", "title": {"zh": "示例", "en": "Sample"}, "source": {"plan": ["1"]}, "effective": {"from": "2022-06-01"},
 "lead": "approval", "applicant": "enterprise", "form": {"type": "object"},
 "grounds": {"shop": {"title": {"zh": "门店", "en": "Shop"}}},
 "lanes": [{"id": "green", "title": {"zh": "绿色通道", "en": "Green lane"}, "basis": "样例", "by": ["head"]}],
 "start": "shop", "steps": {
  "shop": {"title": {"zh": "门店", "en": "Shop"}, "by": "reviewer", "limit": "1 working day", "to": "review",
   "cases": {"workflow": "shop"}, "stopsWhen": {"children": "all", "ground": "shop"}, "join": "all"},
  "review": {"title": {"zh": "审查", "en": "Review"}, "by": "reviewer", "limit": "1 working day",
   "actions": {"file": {"title": {"zh": "归档", "en": "File"}, "to": "stuck", "when": {"===": [{"var": "case.lane"}, "green"]}},
    "drop": {"title": {"zh": "办结", "en": "Drop"}, "to": "granted"}}},
  "stuck": {"title": {"zh": "待办", "en": "Stuck"}, "by": "reviewer", "limit": "1 working day",
   "actions": {"never": {"title": {"zh": "办结", "en": "Never"}, "to": "granted", "when": {"===": [{"var": "case.lane"}, "none"]}}}},
  "granted": {"title": {"zh": "准予", "en": "Granted"}, "end": "granted"}}}
EOF
"$onestop" lint --workflows "$dir/house" "$dir/lane" 2>/dev/null | sed -n '/^workflow /,$p' >"$dir/lane/stuck-in-lane.case"
expect 'what leads into the lane is in the example' 0 'head moves into lane green reason' cat "$dir/lane/stuck-in-lane.case"
expect 'and it plays' 0 '^1 passed, 0 failed$' "$onestop" play --workflows "$dir/house" "$dir/lane"
expect 'the steps a case is stuck in are named' 7 'no-way-on.json:15: 721 in review nobody can act and no time helps; ' \
	"$onestop" lint --workflows "$dir/house" "$dir/no-way-on"
expect 'a bound that is reached is told' 0 'company-opening.json: looked at 5 states, there are more' \
	"$onestop" lint --states 5 --workflows workflows workflows/registration/company-opening.json
expect 'an example is a member of JSON' 7 '"example":"workflow fails' \
	"$onestop" lint --json --workflows "$dir/house" "$dir/fails"
expect 'states are a number' 2 'takes a number' "$onestop" lint --states many
expect 'the workflows of the hall' 0 'definitions: 0 problems' \
	"$onestop" lint --seconds 250 --workflows workflows
cp "$dir/err" "$dir/told"
expect 'they are explored to the end' 0 whole sh -c '! grep "there are more" "$1" && echo whole' sh "$dir/told"
printf '%d passed, %d failed\n' "$passed" "$failed"
[ "$failed" = 0 ]
