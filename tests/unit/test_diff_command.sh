#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# onestop diff: two files, published or not, for people and for scripts.
set -u
cd "$(dirname "$0")/../.." || exit 1
onestop=${ONESTOP:-build/release/onestop}
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
# shellcheck source=tests/support/same.sh disable=SC1091
. tests/support/same.sh
LC_ALL=C.UTF-8
export LC_ALL
was=workflows/registration/company-opening.json is=$dir/company-opening.2.json

# changed SED-SCRIPT: the difference for people, without its first and last line
changed() {
	sed "$1" "$was" >"$is"
	"$onestop" diff --workflows workflows "$was" "$is" >"$dir/out" 2>&1
	code=$?
	[ $code = 0 ] || cat "$dir/out"
	sed '1d;$d' "$dir/out"
}

same 'nothing' "$(changed '')" ''
same 'a limit, as deep as it stands' "$(changed '0,/"limit": "6 minutes"/s//"limit": "5 minutes"/')" 'step licence: limit: "6 minutes" -> "5 minutes"'
same 'where a branch begins' "$(changed '/"title": {"zh": "税务登记/s/"start": "register"/"start": "by-hand"/')" \
	'step services: branch tax: start: "register" -> "by-hand"'
same 'what a material is from' "$(changed 's/"check": "2 months"/"check": "3 months"/')" 'material domicile: promise: check: "2 months" -> "3 months"'
same 'the order of a list' "$(changed '/{"id": "articles"/{h;d};/"check": "2 months"}, "basis"/G')" 'material order: ["domicile","articles","earlier-licence"]'
same 'what is new' "$(changed 's/^  "materials": \[/&{"id": "lease", "title": {"zh": "租约", "en": "Lease"}},/')" '+ material lease'
same 'what is gone' "$(changed '/{"id": "articles"/d; s/\["articles", /[/' | tail -n 1)" '- material articles'
same 'the day' "$(changed 's/"from": "2022-06-01"/"from": "2027-01-01"/')" 'effective: from: "2022-06-01" -> "2027-01-01"'
same 'open cases could go on' "$(tail -n 1 "$dir/out")" 'other open cases could go on under it as they are'
same 'for scripts' "$("$onestop" diff --json --workflows workflows "$was" "$is" | grep -o '"migration":{"possible":true')" '"migration":{"possible":true'
same 'in Chinese' "$(LC_ALL=zh_CN.UTF-8 "$onestop" diff --workflows workflows "$was" "$is" | grep -c '在办件')" 1
changed 's/"name-conflict"/"name-taken"/; s/^    "signature": {$/    "signing": {/; s/"to": "signature"}/"to": "signing"}/' >/dev/null
same 'a step that has gone' "$(grep -c '^+ step signing$\|^- step signature$\|^cases would be refused in signature$' "$dir/out")" 3
"$onestop" diff --workflows workflows "$was" workflows/registration/branch-registration.json 2>"$dir/err"
same 'two procedures are not two versions' "$? $(grep -c 'two procedures' "$dir/err")" '2 1'
was=tests/http/kin/campaign.json is=$dir/campaign.2.json
same 'for whom child cases are' "$(changed 's/, "code": {"var": "each.code"}//')" 'step each-enterprise: cases: applicant: code: {"var":"each.code"} -> -'
same 'which no open case could take over' "$(sed 's/, "code": {"var": "each.code"}//; s/"workflow": "rectification"/"workflow": "thanks"/' "$was" >"$is"; "$onestop" diff --workflows workflows "$was" "$is" | tail -n 2)" \
	'cases would be refused in each-enterprise: it waits for other child cases
other open cases could go on under it as they are'
same 'that they are for him who asks' "$(changed '/"cases": /,/"cascade"/s/"applicant": {.*}, "cascade"/"cascade"/' | head -n 1)" \
	'step each-enterprise: cases: applicant: {"code":{"var":"each.code"},"kind":"enterprise","name":{"var":"each.name"}} -> -'
same 'which cases with those would not take over' "$(grep '^cases would' "$dir/out")" 'cases would be refused in each-enterprise: its child cases are of another applicant'
same 'for whom an effect opens a case' "$(changed 's/"kind": "individual"/"kind": "enterprise"/')" 'step over: do: applicant: kind: "individual" -> "enterprise"'
same 'whom it is offered to' "$(changed 's/"applicant": \["institution"\]/"applicant": ["enterprise"]/')" 'applicant: ["institution"] -> ["enterprise"]'
was=tests/http/kin/rectification.json is=$dir/rectification.2.json
same 'what is put at the end of a list' "$(changed 's/{"var": "actor.id"}/"the hall"/')" \
	'step review: action look: do: append: form.looks: by: {"var":"actor.id"} -> "the hall"'
same 'that it is set no more' "$(changed 's/, "do": \[{"append".*}\]}/}/')" \
	'step review: action look: do: [{"append":{"form.looks":{"by":{"var":"actor.id"},"on":{"var":"case.today"}}}}] -> -'
same 'which of several effects' "$(changed 's/\("do": \[{"append".*\)\]}/\1, {"set": {"case.looked": 1}}]}/')" \
	'step review: action look: do: [{"append":{"form.looks":{"by":{"var":"actor.id"},"on":{"var":"case.today"}}}}] -> [{"append":{"form.looks":{"by":{"var":"actor.id"},"on":{"var":"case.today"}}}},{"set":{"case.looked":1}}]'
was=$dir/rectification.json
cp "$is" "$was"
same 'by its place' "$(changed 's/"case.looked": 1/"case.looked": 2/')" 'step review: action look: do: 2: set: case.looked: 1 -> 2'
was=workflows/registration/company-opening.json is=$dir/company-opening.2.json
echo '{' >"$is"
"$onestop" diff --workflows workflows "$was" "$is" 2>"$dir/err"
same 'what cannot be read is told as lint does' "$? $(grep -c 'company-opening.2.json:[0-9]*: [0-9]' "$dir/err")" '7 1'
"$onestop" diff "$was" 2>"$dir/err"
same 'one file is none to compare' $? 2
echo "$passed passed, $failed failed"
[ "$failed" = 0 ]
