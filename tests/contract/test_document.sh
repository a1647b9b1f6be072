#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The contract as a document: Redocly finds nothing, and would find something;
# what the daemon serves is what Redocly reads.
set -u
cd "$(dirname "$0")/../.." || exit 1
passed=0 failed=0
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
tests/contract/redocly --version >/dev/null 2>&1 || {
	echo "skipped: Redocly is not here; make contract-tools fetches it"
	echo "0 passed, 0 failed, 1 skipped"
	exit 0
}

check() { # WHAT GOT EXPECTED
	if [ "$2" = "$3" ]; then
		passed=$((passed + 1))
	else
		failed=$((failed + 1))
		echo "$1: $2, not $3"
	fi
}

lint() { tests/contract/redocly lint --config tests/contract/redocly.yaml --format stylish "$1" >"$dir/log" 2>&1; }

if lint api/openapi.yaml && ! grep -qi warning "$dir/log"; then found=nothing; else found=$(cat "$dir/log"); fi
check 'the contract' "$found" nothing

# Each fault is planted alone: the rule that sees it, and how it is made.
plant() { # RULE SED-SCRIPT
	sed "$2" api/openapi.yaml >"$dir/openapi.yaml"
	check "a fault was planted for $1" "$(cmp -s api/openapi.yaml "$dir/openapi.yaml" || echo yes)" yes
	lint "$dir/openapi.yaml"
	check "$1 is seen" "$(grep -q "$1" "$dir/log" && echo yes)" yes
}
plant rule/lower-camel-case-members 's/nextCursor: {type: string}/next_cursor: {type: string}/'
plant rule/lower-camel-case-query 's/name: applicantCode, in: query/name: applicant_code, in: query/'
plant rule/operations-have-an-id '/operationId: whoAmI/d'
plant operation-4xx-problem-details-rfc7807 '/^    NotFound:/s/problem+json/json/'
plant no-unused-components 's/^    Limit: {type: string/    Idle: {type: string}\n&/'
plant operation-operationId-unique 's/operationId: whoAmI/operationId: signIn/'
plant no-unresolved-refs 's/schemas\/CaseHead"/schemas\/NoSuch"/'
plant operation-4xx-response '/operationId: contract$/,/304/{/"400"/d}'

tests/contract/redocly bundle api/openapi.yaml --ext json -o "$dir/bundle.json" >"$dir/log" 2>&1 || cat "$dir/log"
check 'the bundle and what is served' "$(perl -MJSON::PP -e '
	my $json = JSON::PP->new->utf8->canonical;
	local $/;
	print join " ", map { open my $f, "<", $_ or die "$_: $!"; my $t = $json->encode($json->decode(scalar <$f>)); $t eq ($first //= $t) ? "same" : "differs" } @ARGV' \
	"$dir/bundle.json" build/gen/openapi.json)" 'same same'

echo "$passed passed, $failed failed"
[ $failed = 0 ]
