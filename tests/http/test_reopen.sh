#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Reopening over HTTP: who sees that he may, by which document, and what the case then says of itself.
set -u
cd "$(dirname "$0")/../.." || exit 1
onestop=${ONESTOP:-build/release/onestop}
dir=$(mktemp -d)
# shellcheck source=tests/support/test_hall.sh disable=SC1091
. tests/support/test_hall.sh
trap 'hall_close; rm -rf "$dir"' EXIT
# shellcheck source=tests/support/test_staff.sh disable=SC1091
. tests/support/test_staff.sh
# shellcheck source=tests/support/same.sh disable=SC1091
. tests/support/same.sh

# shellcheck disable=SC2016 # Perl's
{
	tag='$c->{etag}'
	step='map { $_->{etag} } @{$c->{steps}}'
	may='map { $_->{ground} } @{$c->{mayReopen}}'
	clocks='map { "$_->{name} $_->{verdict}" } grep { $_->{name} eq "statutory" } @{$c->{clocks}}'
	again='"$c->{phase} $c->{reopened}{ground} $c->{reopened}{outcome} $c->{reopened}{times}"'
}

hall_open "$dir" 2026-03-02T09:00:00+08:00 && staff 市住房城乡建设局 window reviewer head supervisor || exit 1

same 'a case is opened' "$(send window cases '{"workflow":"fire-design-review","district":"371502","applicant":{"kind":"enterprise"},
	"form":{"projectCode":"2601-371502-04-01-123456","name":"聊城示例丙医院","noStandard":false}}')" 201
number=$(string number "$dir/body")
reopen='{"command":"reopen","ground":"reconsidered","document":"聊政复决〔2026〕1号","reason":"撤销重审"}'
act window '{"action":"accept"}' '"s1"' >/dev/null
act reviewer '{"action":"propose"}' "$(told reviewer "$step")" >/dev/null
same 'an open case is not reopened' "$(act head "$reopen" "$(told head "$tag")") $(string code "$dir/body")" '409 action_not_allowed'
same 'the design fails' "$(act head '{"action":"fail","input":{"reason":"疏散宽度不足"}}' "$(told head "$step")")" 200
same 'the head may reopen the case' "$(told head "$may")" reconsidered
same 'the reviewer may not' "$(told reviewer "$may")$(act reviewer "$reopen" "$(told head "$tag")")" 403
same 'it takes the decision' \
	"$(act head '{"command":"reopen","ground":"reconsidered","reason":"撤销重审"}' "$(told head "$tag")") $(string code "$dir/body")" '422 document_missing'
same 'and a reason' "$(act head '{"command":"reopen","ground":"reconsidered","document":"1号"}' "$(told head "$tag")") $(string code "$dir/body")" '422 reason_missing'
same 'and a ground' "$(act supervisor '{"command":"reopen","reason":"撤销重审"}' "$(told head "$tag")") $(string code "$dir/body")" '422 ground_unknown'
same 'and what was seen' "$(act head "$reopen")" 428
seen=$(told head "$tag")
same_key=$(cat /proc/sys/kernel/random/uuid)
same 'it goes on' "$(act head "$reopen" "$seen")" 200
same 'once, however often it is sent' "$(act head "$reopen" "$seen")" 200
same_key=''
same 'it says so' "$(told head "$again")" 'open reconsidered nonconform 1'
same 'the old clock keeps its verdict and a new one runs' "$(told head "$clocks")" 'statutory on-time statutory open'
same 'who reviews has it before him again' "$(curl -sS "$hall_url/v1/tasks" -H "Authorization: Bearer $(cat "$dir/reviewer")" | grep -o '"step":"[a-z-]*"')" '"step":"review"'

hall_staff workflows/construction/fire-design-review-reconsidered.case || exit 1
# shellcheck disable=SC2154 # told by the hall
"$onestop" play --url "$hall_url" --accounts "$hall_accounts" workflows/construction/fire-design-review-reconsidered.case >"$dir/played" || cat "$dir/played"
same 'the scenario plays over HTTP' "$(grep -o '^[0-9]* passed, [0-9]* failed' "$dir/played")" '1 passed, 0 failed'

echo "$passed passed, $failed failed"
[ "$failed" = 0 ]
