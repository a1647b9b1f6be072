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
also='tests/http/kin tests/http/stuck tests/http/world tests/scenario/messages'
export HALL_ALSO="$also"
# shellcheck disable=SC2086 # folders
hall_open "$dir" 2020-01-01T00:00:00+08:00 && hall_staff workflows $also || exit 1
# What is not as it should be is told, of every kind that can be expected and of child cases.
cat >"$dir/wrong.case" <<'EOF'
workflow chain
district 371502
applicant enterprise
form {"name": "聊城示例连锁", "shops": ["一店", "二店"]}
2022-03-01 10:00  window opens
10:00  child 1 is born
    then child 1 stands, child 3 asked, letter 1 taken, no claim shops, district 371503, clock promised stands on shops, hold shops, contradiction, case x 1
EOF
cat >"$dir/wrong-words.case" <<'EOF'
workflow everything
district 371502
applicant enterprise
form {"name": "光岳", "roll": [{"who": "甲"}]}
2022-03-01 10:00  window opens
    then lane green, label odd, material articles present, certificate 1 in-force, claim work
EOF
cat >"$dir/wrong-child.case" <<'EOF'
workflow chain
district 371502
applicant enterprise
form {"name": "聊城示例连锁", "shops": ["一店", "二店"]}
2022-03-01 10:00  window opens
10:01  child 1 is born
10:02  in child 1 window does approve
    then step review
EOF
# shellcheck disable=SC2154 # told by the hall
"$onestop" play --url "$hall_url" --accounts "$hall_accounts" "$dir"/wrong*.case >"$dir/told"
passed=0 failed=0
for what in 'child 1 stands, but it is runs' 'child 3 asked, but it is not there' 'letter 1 taken, but it is not there' \
	'district 371503, but it is 371502' 'clock promised stands on shops, but it is open, due 2022-03-15T17:00:00+08:00, green' 'hold shops, but there is none' \
	'contradiction, but there is none' 'case x 1, but it is missing' 'lane green, but it is in none' 'label odd, but there is none' \
	'material articles present, but it is missing' 'certificate 1 in-force, but it is not there' 'claim work, but there is none' \
	'step review, but nothing is active' '0 passed, 3 failed'; do
	if grep -q "$what\$" "$dir/told"; then
		passed=$((passed + 1))
	else
		failed=$((failed + 1))
		echo "not told: $what"
	fi
done
[ "$failed" = 0 ] || cat "$dir/told"
printf '%d passed, %d failed\n' "$passed" "$failed"

# shellcheck disable=SC2086,SC2154 # folders; told by the hall
"$onestop" play --url "$hall_url" --accounts "$hall_accounts" workflows $also || {
	grep -v level=info "$dir/serve.log"
	exit 1
}
[ "$failed" = 0 ]
