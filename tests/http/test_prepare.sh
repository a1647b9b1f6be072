#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Prepare, then decide, over HTTP: who is told that he may work ahead, what is kept of it, when the
# clock begins, and that it is taken once, by somebody who may.
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
	may='map { "$_->{step}:$_->{prepared}:" . join "+", map { $_->{action} } @{$_->{actions}} } @{$c->{mayPrepare}}'
	kept='map { "$_->{step} $_->{action} $_->{input}{number} " . ($_->{document} // "-") . " $_->{by}" } @{$c->{prepared} // []}'
	steps='map { $_->{step} } @{$c->{steps}}'
	step='map { $_->{etag} } @{$c->{steps}}'
	clock='map { "$_->{name} $_->{lastDay}" } grep { $_->{verdict} eq "open" } @{$c->{clocks}}'
}

# told_of WHO PATH EXPRESSION: the same of another resource
told_of() {
	curl -sS "$hall_url/v1/$2" -H "Authorization: Bearer $(cat "$dir/$1")" >"$dir/other"
	perl -MJSON::PP -0777 -ne 'BEGIN { $x = shift } $c = decode_json $_; print join(" ", eval $x), "\n"; die $@ if $@' "$3" "$dir/other"
}

opened() {
	same 'a case is opened' "$(send window cases '{"workflow":"permit-ahead","district":"371502","applicant":{"kind":"enterprise"},"form":{"name":"聊城示例甲会展中心"}}')" 201
	number=$(string number "$dir/body") code=$(string queryCode "$dir/body")
}

# shellcheck disable=SC2034 # the hall copies it
HALL_ALSO=tests/http/ahead
hall_open "$dir" 2026-03-02T09:00:00+08:00 && staff 市行政审批局 window reviewer registrar supervisor || exit 1

opened
same 'the registrar may prepare his permit' "$(told registrar "$may")" 'permit:0:grant+refuse'
same 'the reviewer may not' "$(told reviewer "$may")" ''
# shellcheck disable=SC2016 # Perl's
{
	same 'it is not among what waits for him' "$(told_of registrar tasks 'scalar @{$c->{items}}')" 0
	same 'nor counted' "$(told_of registrar tasks/counts 'scalar @{$c->{items}}')" 0
	same 'but among what lies ahead' "$(told_of registrar 'tasks?ahead=true' 'map { "$_->{step} $_->{ahead} $_->{prepared} $_->{case}" } @{$c->{items}}')" "permit 1 0 $number"
	same 'where the reviewer has nothing' "$(told_of reviewer 'tasks?ahead=true' 'scalar @{$c->{items}}')" 0
	same 'the forms are told with the actions' "$(told_of registrar "cases/$number/actions" 'map { $_->{input}{required}[0] } @{$c->{mayPrepare}[0]{actions}}')" 'number reason'
	same 'what lies ahead is not due' "$(told_of registrar 'tasks?ahead=true&due=late' '$c->{code}')" bad_parameter
	same 'it is nothing to be taken on' "$(send registrar tasks/next '{}')" 204
}

draft='{"command":"prepare","step":"permit","action":"grant","input":{"number":"731001"},"document":"draft-1"}'
same 'nobody else prepares it' "$(act reviewer "$draft" "$(told reviewer "$tag")")" 403
same 'a preparation says what it has seen' "$(act registrar "$draft")" 428
same 'and not something old' "$(act registrar "$draft" '"c9"')" 412
same 'it is as its form asks' "$(act registrar '{"command":"prepare","step":"permit","action":"grant","input":{"number":"1"}}' "$(told registrar "$tag")")" 422
same 'of a step that may be prepared' "$(act registrar '{"command":"prepare","step":"planning","action":"grant"}' "$(told registrar "$tag")") $(string code "$dir/body")" '409 action_not_allowed'
same 'it names step and action' "$(act registrar '{"command":"prepare","step":"permit"}' "$(told registrar "$tag")") $(act registrar '{"command":"prepare","action":"grant"}' "$(told registrar "$tag")")" '422 422'
same 'only an act takes what was prepared' "$(act registrar '{"command":"claim","step":"planning","prepared":true}') $(string pointer "$dir/body")" '422 #/prepared'
seen=$(told registrar "$tag")
same_key=$(cat /proc/sys/kernel/random/uuid)
same 'it is kept' "$(act registrar "$draft" "$seen")" 200
same 'once, however often it is sent' "$(act registrar "$draft" "$seen")" 200
same_key=''
same 'and what it was seen with is old' "$(act registrar "$draft" "$seen")" 412
same 'the house sees it' "$(told reviewer "$kept")" 'permit grant 731001 draft-1 registrar-1'
same 'and that it would be replaced' "$(told registrar "$may")" 'permit:1:grant+refuse'
same 'the applicant does not' "$(curl -sS "$hall_url/v1/progress/$number" -H "Query-Code: $code" | grep -c '731001\|"prepared"')" 0
same 'a later one takes its place' "$(act registrar '{"command":"prepare","step":"permit","action":"grant","input":{"number":"731002"}}' "$(told registrar "$tag")") $(told registrar "$kept")" \
	'200 permit grant 731002 - registrar-1'
same 'no clock of the permit runs' "$(told registrar "$clock")" 'planning 2026-03-09'

same 'two days pass' "$(curl -sS -o "$dir/body" -w '%{http_code}' "$hall_url/v1/test-clock" --json '{"to":"2026-03-04T10:00:00+08:00"}')" 200
same 'planning decides' "$(act reviewer '{"action":"grant"}' "$(told reviewer "$step")") $(told reviewer "$steps")" '200 permit'
same 'the clock of the permit begins then' "$(told registrar "$clock")" 'permit 2026-03-06'
same 'with the work before it' "$(told registrar "$kept")" 'permit grant 731002 - registrar-1'
# shellcheck disable=SC2016 # Perl's
same 'it waits for the registrar now' "$(told_of registrar tasks 'map { $_->{step} } @{$c->{items}}') $(told_of registrar 'tasks?ahead=true' 'scalar @{$c->{items}}')" 'permit 0'
same 'it is too late to prepare' "$(act registrar "$draft" "$(told registrar "$tag")") $(string code "$dir/body")" '409 action_not_allowed'
take='{"action":"grant","prepared":true}'
same 'another action was not prepared' "$(act registrar '{"action":"refuse","prepared":true}' "$(told registrar "$step")") $(string code "$dir/body")" '409 not_prepared'
same 'what was prepared brings its own input' "$(act registrar '{"action":"grant","prepared":true,"input":{"number":"731003"}}' "$(told registrar "$step")") $(string pointer "$dir/body")" '422 #/input'
same 'who does not decide does not take it' "$(act reviewer '{"action":"grant","step":"permit","prepared":true}' "$(told reviewer "$step")")" 403
same 'nor does he who has seen something old' "$(act registrar "$take" '"s1"')" 412
same 'it is taken' "$(act registrar "$take" "$(told registrar "$step")") $(told registrar '$c->{outcome}')" '200 granted'
same 'and kept no more' "$(told registrar "$kept")" ''
# shellcheck disable=SC2016 # Perl's
same 'its fact says whose work it was' "$(told_of supervisor "cases/$number/facts" 'map { "$_->{name} $_->{detail} $_->{value}{number}" } grep { $_->{fact} eq "unprepared" } map { @{$_->{facts}} } @{$c->{items}}')" \
	'taken registrar-1 731002'
same 'a closed case is not prepared' "$(act registrar "$draft" "$(told registrar "$tag")") $(string code "$dir/body")" '409 case_closed'

opened
same 'it is prepared again' "$(act registrar "$draft" "$(told registrar "$tag")")" 200
same 'and withdrawn' "$(act registrar '{"command":"unprepare","step":"permit"}' "$(told registrar "$tag")") $(told registrar "$kept")" '200 '
same 'which is done once' "$(act registrar '{"command":"unprepare","step":"permit"}' "$(told registrar "$tag")") $(string code "$dir/body")" '409 not_prepared'
same 'and prepared anew' "$(act registrar "$draft" "$(told registrar "$tag")")" 200
same 'planning refuses' "$(act reviewer '{"action":"refuse"}' "$(told reviewer "$step")")" 200
same 'with the case what was prepared goes' "$(told registrar "$kept")" ''
# shellcheck disable=SC2016 # Perl's
same 'and says why' "$(told_of supervisor "cases/$number/facts" 'map { $_->{name} } grep { $_->{fact} eq "unprepared" } map { @{$_->{facts}} } @{$c->{items}}')" 'withdrawn cancelled'

echo "$passed passed, $failed failed"
[ "$failed" = 0 ]
