#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Optional steps over HTTP: who sees that he may start one, starts it once, and what then waits.
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
	may='map { $_->{step} } @{$c->{mayStart}}'
	steps='map { $_->{step} . ($_->{optional} ? "*" : "") } @{$c->{steps}}'
	clock='map { "$_->{stands} $_->{ground}" } grep { $_->{name} eq "statutory" } @{$c->{clocks}}'
	review='map { $_->{etag} } grep { $_->{step} eq "review" } @{$c->{steps}}'
}

hall_open "$dir" 2026-03-02T09:00:00+08:00 && staff 市住房城乡建设局 window reviewer head || exit 1

same 'a case is opened' "$(send window cases '{"workflow":"fire-design-review","district":"371502","applicant":{"kind":"enterprise"},
	"form":{"projectCode":"2601-371502-04-01-123456","name":"聊城示例甲会展中心","noStandard":true}}')" 201
number=$(string number "$dir/body")
same 'it is accepted' "$(act window '{"action":"accept"}' '"s1"')" 200
same 'the head may ask experts and visit the site' "$(told head "$may")" 'experts site-visit'
same 'the reviewer may only visit it' "$(told reviewer "$may")" site-visit
experts='{"command":"start","step":"experts"}'
same 'and is refused more' "$(act reviewer "$experts" "$(told head "$tag")")" 403
same 'a start says what it has seen' "$(act head "$experts")" 428
same 'and not something old' "$(act head "$experts" '"c1"')" 412
same 'it names a step' "$(act head '{"command":"start"}' "$(told head "$tag")")" 422
seen=$(told head "$tag")
same_key=$(cat /proc/sys/kernel/random/uuid)
same 'the experts are asked' "$(act head "$experts" "$seen")" 200
same 'once, however often it is sent' "$(act head "$experts" "$seen")" 200
same_key=''
same 'they sit beside the review' "$(told head "$steps")" 'review experts.convene'
same 'the clock stands for them' "$(told head "$clock")" '1 expert-review'
same 'they are offered no more' "$(told head "$may")" site-visit
same 'a visit is a step of somebody' "$(act reviewer '{"command":"start","step":"site-visit"}' "$(told head "$tag")") $(told head "$steps")" \
	'200 review experts.convene site-visit*'
same 'the reviewer has all these tasks' "$(curl -sS "$hall_url/v1/tasks" -H "Authorization: Bearer $(cat "$dir/reviewer")" |
	grep -o '"step":"[a-z.-]*"' | cut -d '"' -f 4 | sort | tr '\n' ' ')" 'experts.convene review site-visit '
same 'the review waits for them' \
	"$(act reviewer '{"action":"propose","step":"review"}' "$(told reviewer "$review")") $(string code "$dir/body")" '409 step_awaited'

hall_staff workflows/construction/fire-design-review-experts.case workflows/construction/fire-design-review-objection.case || exit 1
# shellcheck disable=SC2154 # told by the hall
"$onestop" play --url "$hall_url" --accounts "$hall_accounts" workflows/construction/fire-design-review-experts.case \
	workflows/construction/fire-design-review-objection.case >"$dir/played" || cat "$dir/played"
same 'both scenarios play over HTTP' "$(grep -o '^[0-9]* passed, [0-9]* failed' "$dir/played")" '2 passed, 0 failed'

echo "$passed passed, $failed failed"
[ "$failed" = 0 ]
