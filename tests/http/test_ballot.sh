#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# A creditors' meeting over HTTP: who keeps the ballot hands out codes, creditors
# vote with them and with nothing else, and the count decides at the closing instant.
set -u
cd "$(dirname "$0")/../.." || exit 1
onestop=${ONESTOP:-build/release/onestop}
dir=$(mktemp -d)
# shellcheck source=tests/support/test_hall.sh disable=SC1091
. tests/support/test_hall.sh
trap 'hall_close; rm -rf "$dir"' EXIT
# shellcheck source=tests/support/same.sh disable=SC1091
. tests/support/same.sh

# send PATH HEADER JSON [-H HEADER]: the status; the body is in $dir/body
send() {
	key=$(cat /proc/sys/kernel/random/uuid)
	# shellcheck disable=SC2154 # told by the hall
	curl -sS -o "$dir/body" -w '%{http_code}' "$hall_url/v1/$1" -H "$2" -H "Idempotency-Key: $key" --json "$3" ${4:+"$4" "$5"}
}
get() { curl -sS "$hall_url/v1/$1" -H "$court"; }
# first PATTERN FILE: what stands in quotes behind it
string() { grep -o "\"$1\":\"[^\"]*" "$2" | head -n 1 | cut -d '"' -f 4; }

hall_open "$dir" 2026-03-02T09:00:00+08:00 || exit 1
echo sample-password | "$onestop" account add court --role registrar,head --department 市中级人民法院 \
	--password-stdin 2>/dev/null || exit 1
curl -sS "$hall_url/v1/sessions" --json '{"account":"court","password":"sample-password"}' >"$dir/body"
court="Authorization: Bearer $(string token "$dir/body")"

form=$(sed -n 's/^form //; /^{"debtor"/,/]}/p' workflows/bankruptcy/creditors-meeting-adopted.case)
same 'the court opens the case' "$(send cases "$court" \
	"{\"workflow\":\"creditors-meeting\",\"district\":\"371502\",\"applicant\":{\"kind\":\"enterprise\"},\"form\":$form}")" 201
number=$(string number "$dir/body")
same 'and the vote' "$(send "cases/$number/actions" "$court" '{"action":"tell"}' -H 'If-Match: "s1"')" 200

get "cases/$number/ballots" >"$dir/ballots"
same 'there are five voters' "$(grep -o '"voters":[0-9]*,"voted":[0-9]*' "$dir/ballots")" '"voters":5,"voted":0'
grep -o '"voter":"[^}]*' "$dir/ballots" | sed 's/"voter":"\([^"]*\).*"code":"\([^"]*\).*/\1 \2/' >"$dir/codes"
same 'each with a code of his own' "$(cut -d ' ' -f 2 "$dir/codes" | sort -u | grep -cE '^[0-9A-Z]{10}$')" 5
key_of_ballot=$(psql -XAtqc "select state::json->'visits'->0->>'key' from cases where number = '$number'")
same 'the key they are made of is shown nowhere' \
	"$(for path in "cases/$number" "cases/$number/ballots" "cases/$number/facts"; do get "$path"; done | grep -c "$key_of_ballot")" 0

nobody='X-Nothing: 1'
vote() { send "progress/$number/actions" "$nobody" "{\"command\":\"vote\",\"action\":\"$3\",\"voter\":\"$1\",\"code\":\"$2\"}"; }
read -r voter code <"$dir/codes"
read -r other _ <<END
$(sed -n 2p "$dir/codes")
END
same 'without a code nobody votes' \
	"$(send "progress/$number/actions" "$nobody" "{\"command\":\"vote\",\"action\":\"agree\",\"voter\":\"$voter\"}")" 403
same 'with the code of another neither' "$(vote "$other" "$code" agree)" 403
same 'nor for what is not put to the vote' "$(vote "$voter" "$code" maybe)" 409
while read -r voter code; do
	vote "$voter" "$code" agree
done <"$dir/codes" >"$dir/votes"
same 'all vote at once, without a tag' "$(cat "$dir/votes")" 200200200200200
read -r voter code <<END
$(tail -n 1 "$dir/codes")
END
same 'the last vote counts' "$(vote "$voter" "$code" oppose)" 200
get "cases/$number/ballots" >"$dir/ballots"
same 'how they voted is not told before the end' "$(grep -c '"agree"\|tally' "$dir/ballots") $(grep -c '"voted":5' "$dir/ballots")" '1 1'
curl -sS "$hall_url/v1/test-clock" --json '{"to":"2026-03-21T09:00:00+08:00"}' >"$dir/body"
same 'the vote closed: it is too late' "$(vote "$voter" "$code" agree)" 409
same 'the plan is adopted' "$(get "cases/$number" | grep -o '"step":"[a-z-]*"' | sort -u)" '"step":"adopted"'
paper() {
	send "cases/$number/actions" "$court" \
		"{\"command\":\"vote\",\"action\":\"agree\",\"voter\":\"$voter\",\"happened\":\"$1\"$2}"
}
late=',"reason":"邮寄件到达后漏录"'
same 'a paper that came after the end is none' "$(paper 2026-03-21T08:00:00+08:00 "$late")" 409
same 'nor is one of before the vote' "$(paper 2026-03-02T08:00:00+08:00 "$late")" 409
same 'one in time takes a reason' "$(paper 2026-03-10T09:00:00+08:00 '')" 422
same 'and is accepted' "$(paper 2026-03-10T09:00:00+08:00 "$late")" 200
get "cases/$number/facts?limit=200" >"$dir/facts"
same 'it contradicts the count' "$(grep -c '"fact":"contradicted"' "$dir/facts")" 1
get "cases/$number" >"$dir/contradicted"
same 'which stands' "$(sed 's/"contradicted":.*//' "$dir/contradicted" | grep -o '"step":"[a-z-]*"' | sort -u)" '"step":"adopted"'
same 'though it is contradicted' "$(sed 's/.*"contradicted"://' "$dir/contradicted" | grep -o '"step":"[a-z-]*"')" '"step":"first-vote"'
same 'nobody reads in the events how he voted' \
	"$(get "cases/$number/events?limit=200" | grep -o '"effect":"contradicted"[^}]*' | grep -c agree)" 0
same 'and who has to tell the result reads it' \
	"$(get "cases/$number/events?limit=200" | sed 's/.*"tally"://' | grep -o '"agree":{"count":[0-9]*' | head -n 1 | cut -d : -f 3)" 4

# As many as a roll may have: identity numbers of nobody, with their check characters.
perl -e '
	my @weight = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2);
	sub coded { my ($id, $n) = ($_[0], 0); $n += $weight[$_] * substr $id, $_, 1 for 0 .. 16; return $id . substr "10X98765432", $n % 11, 1 }
	my @code = map { my $born = "371502" . (1980 + int $_ / 500) . "0307"; coded($born . (100 + $_ % 500)) } 0 .. 1999;
	my $roll = join ",", map { qq({"code":"$_","claim":100000,"class":"ordinary"}) } @code;
	print qq({"workflow":"creditors-meeting","district":"371502","applicant":{"kind":"enterprise"},"form":{"debtor":"聊城示例重整有限公司","debtorCode":"91371500MA3EXB0054","closing":"2026-04-20T17:00:00+08:00","second":"2026-05-20T17:00:00+08:00","creditors":[$roll]}});
' >"$dir/two-thousand"
same 'a meeting of 2,000 creditors is opened' "$(send cases "$court" "@$dir/two-thousand")" 201
number=$(string number "$dir/body")
same 'and votes' "$(send "cases/$number/actions" "$court" '{"action":"tell"}' -H 'If-Match: "s1"')" 200
get "cases/$number/ballots" >"$dir/ballots"
same 'all are on the roll' "$(grep -o '"code":"' "$dir/ballots" | wc -l)" 2000
voter=$(grep -o '"voter":"[^"]*' "$dir/ballots" | tail -n 1 | cut -d '"' -f 4) code=$(grep -o '"code":"[^"]*' "$dir/ballots" | tail -n 1 | cut -d '"' -f 4)
same 'the last of them too' "$(vote "$voter" "$code" agree)" 200

echo "$passed passed, $failed failed"
[ "$failed" = 0 ]
