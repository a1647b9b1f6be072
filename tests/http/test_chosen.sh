#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Departments that are chosen when their step is entered, over HTTP: who has the work on his
# worklist and does it, and that others who might have been chosen do not.
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

# person NAME ROLE [DEPARTMENT]: an account; his token is in $dir/NAME
person() {
	echo sample-password | "$onestop" account add "$1" --role "$2" ${3:+--department "$3"} --password-stdin 2>/dev/null &&
		curl -sS "$hall_url/v1/sessions" --json "{\"account\":\"$1\",\"password\":\"sample-password\"}" >"$dir/body" &&
		string token "$dir/body" >"$dir/$1"
}

# asked WHO PATH EXPRESSION: what WHO is told under PATH, $c, as Perl says it
asked() {
	curl -sS "$hall_url/v1/$2" -H "Authorization: Bearer $(cat "$dir/$1")" >"$dir/other"
	perl -MJSON::PP -CO -0777 -ne 'BEGIN { $x = shift } $c = decode_json $_; print join(" ", eval $x), "\n"; die $@ if $@' "$3" "$dir/other"
}

# shellcheck disable=SC2016 # Perl's
{
	tasks='map { "$_->{step} $_->{department}" } @{$c->{items}}'
	steps='map { "$_->{step} $_->{department}" } @{$c->{steps}}'
	tag='map { $_->{etag} } grep { $_->{step} =~ /^review/ && $_->{department} eq $d } @{$c->{steps}}'
	mine='map { $_->{etag} } @{$c->{items}}'
	clocks='map { "$_->{name} $_->{department} $_->{lastDay}" } sort { $a->{department} cmp $b->{department} } grep { $_->{department} } @{$c->{clocks}}'
	open='map { ($_->{holder} // "all") . " $_->{open}" } grep { $_->{open} } @{$c->{items}}'
	rows='map { "$_->{department} $_->{count}" } grep { ($_->{step} // "") =~ /check/ } @{$c->{items}}'
}

# shellcheck disable=SC2034 # the hall copies it
HALL_ALSO=tests/http/chosen
hall_open "$dir" 2026-03-02T09:00:00+08:00 && person boss head 市行政审批局 && person desk window 市行政审批局 &&
	person water reviewer 市水利局 && person safety reviewer 市应急局 && person city reviewer 市城管局 &&
	person tax reviewer 市税务局 && person auditor auditor || exit 1

same 'a case is opened' "$(send desk cases '{"workflow":"joint-review","district":"371502","applicant":{"kind":"enterprise"},
	"form":{"name":"聊城示例甲会展中心","bureaus":[]}}')" 201
number=$(string number "$dir/body")
same 'nobody has a review yet' "$(asked water tasks "$tasks")$(asked safety tasks "$tasks")" ''
seen=$(asked boss "cases/$number" 'map { $_->{etag} } @{$c->{steps}}')
same 'no other department can be chosen' \
	"$(act boss '{"action":"accept","input":{"bureaus":["市税务局"],"host":"市水利局"}}' "$seen") $(string code "$dir/body")" '422 form_invalid'
same 'the lead chooses two' "$(act boss '{"action":"accept","input":{"bureaus":["市水利局","市应急局"],"host":"市应急局"}}' "$seen")" 200

same 'each has its own on its list' "$(asked water tasks "$tasks") / $(asked safety tasks "$tasks")" \
	'review.市水利局.check 市水利局 / review.市应急局.check 市应急局'
same 'who was not chosen has none' "$(asked city tasks "$tasks")" ''
# shellcheck disable=SC2016 # Perl's
same 'nor is it counted for him' "$(asked city tasks/counts 'scalar @{$c->{items}}') $(asked water tasks/counts 'scalar @{$c->{items}}')" '0 1'
same 'all see whose steps they are' "$(asked city "cases/$number" "$steps")" 'review.市水利局.check 市水利局 review.市应急局.check 市应急局'
# shellcheck disable=SC2016 # Perl's
{
	same 'who cannot be chosen sees nothing' "$(asked tax "cases/$number" '$c->{code}')" forbidden
	same 'who was not chosen is offered nothing' \
		"$(asked city "cases/$number/actions" 'map { $_->{step} } grep { @{$_->{actions}} } @{$c->{items}}')/$(asked water "cases/$number/actions" 'map { $_->{step} } grep { @{$_->{actions}} } @{$c->{items}}')" '/review.市水利局.check'
}
water=$(asked water "cases/$number" "(\$d = \"\\x{5e02}\\x{6c34}\\x{5229}\\x{5c40}\"), $tag")
water=${water##* }
same 'nor does he do it' "$(act city '{"action":"pass","step":"review.市水利局.check"}' "$water") $(string code "$dir/body")" '403 forbidden'
same 'nor does the other' "$(act safety '{"action":"pass","step":"review.市水利局.check"}' "$water") $(string code "$dir/body")" '403 forbidden'
same 'each has a clock of its own' "$(asked boss "cases/$number" "$clocks")" 'promised 市应急局 2026-03-16 promised 市水利局 2026-03-16'
same 'the case lies with both' "$(asked auditor stats/holders?workflow=joint-review "$open")" '市应急局 1 市水利局 1 all 1'

same 'a department gives its notice' \
	"$(act water '{"command":"stop","step":"review.市水利局.check","ground":"survey","document":"勘查通知书1号","reason":"现场勘查"}' "$water")" 200
# shellcheck disable=SC2016 # Perl's
same 'its own clock stands' "$(asked boss "cases/$number" 'map { $_->{stands} ? $_->{department} : () } grep { $_->{department} } @{$c->{clocks}}')" 市水利局
same 'the form is amended' "$(act desk '{"command":"amend","input":{"name":"聊城示例甲会展中心","bureaus":["市城管局"],"host":"市水利局"},"reason":"更正"}' "$(told desk '$c->{etag}')")" 200
same 'open steps keep their departments' "$(asked city tasks "$tasks")/$(asked safety tasks "$tasks")" '/review.市应急局.check 市应急局'
same 'the next task of its people' "$(send safety tasks/next '{}')" 200
same 'is done by him' "$(act safety '{"action":"pass"}' "$(asked safety tasks "$mine")")" 200
same 'the other goes on' "$(act water '{"command":"resume","number":1}' "$(asked water tasks "$mine")")" 200
same 'and does its own' "$(act water '{"action":"pass"}' "$(asked water tasks "$mine")")" 200
same 'a step entered now is as the form says now' "$(asked water tasks "$tasks")/$(asked safety tasks "$tasks")" 'opinion 市水利局/'
same 'the events say who was chosen' \
	"$(asked boss "cases/$number/events" 'map { map { $_->{department} // () } @{$_->{effects}} } @{$c->{items}}')" '市水利局 市应急局 市水利局'
same 'it is given' "$(act water '{"action":"give"}' "$(asked water tasks "$mine")")" 200
same 'the figures are by department' "$(asked auditor 'stats/steps?workflow=joint-review&groupBy=department' "$rows")" '市应急局 1 市水利局 1'

hall_staff tests/http/chosen || exit 1
# shellcheck disable=SC2154 # told by the hall
"$onestop" play --url "$hall_url" --accounts "$hall_accounts" tests/http/chosen >"$dir/played" || cat "$dir/played"
same 'its scenario plays over HTTP' "$(grep -o '^[0-9]* passed, [0-9]* failed' "$dir/played")" '1 passed, 0 failed'
ONESTOP_SERVER_WORKFLOWS="$dir/app/workflows" "$onestop" play tests/http/chosen >"$dir/played" || cat "$dir/played"
same 'and without' "$(grep -o '^[0-9]* passed, [0-9]* failed' "$dir/played")" '1 passed, 0 failed'

echo "$passed passed, $failed failed"
[ "$failed" = 0 ]
