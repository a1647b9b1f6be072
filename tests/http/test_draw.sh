#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Random draws over HTTP: what the seed was nobody can read before the draw, and
# an independent script computes each draw again from the published facts.
set -u
cd "$(dirname "$0")/../.." || exit 1
onestop=${ONESTOP:-build/release/onestop}
dir=$(mktemp -d)
# shellcheck source=tests/support/test_hall.sh disable=SC1091
. tests/support/test_hall.sh
trap 'hall_close; rm -rf "$dir"' EXIT
# shellcheck source=tests/support/same.sh disable=SC1091
. tests/support/same.sh

# shellcheck disable=SC2154 # told by the hall
get() { curl -sS "$hall_url/$1" -H "Authorization: Bearer $token"; }
sql() { psql -XAtqc "$1"; }

folder=workflows/supervision
hall_open "$dir" 2020-01-01T00:00:00+08:00 && hall_staff $folder || exit 1
# shellcheck disable=SC2154 # told by the hall
"$onestop" play --url "$hall_url" --accounts "$hall_accounts" $folder/*.case >"$dir/played" 2>&1 || {
	cat "$dir/played"
	exit 1
}
token=$(curl -sS "$hall_url/v1/sessions" --json '{"account":"supervisor","password":"sample-password"}' |
	grep -o '"token":"[^"]*' | cut -d '"' -f 4)
# As many as the scenarios make, also after lists that could not be drawn from were handed in again.
holds=0 shown=0 open_holds=0 closed=0 told=0 hashes=0
for number in $(sql "select number from cases where workflow = 'double-random' order by id"); do
	get "v1/cases/$number/facts?limit=200" >"$dir/facts"
	deploy/check-draw <"$dir/facts" >"$dir/checked" || [ $? = 2 ] || cat "$dir/checked"
	holds=$((holds + $(grep -c ': holds$' "$dir/checked")))
	for seed in $(sql "select d->>'seed' from cases, json_array_elements(state::json->'draws') d where number = '$number'"); do
		grep -q "$seed" "$dir/facts" && shown=$((shown + 1))
		get "v1/cases/$number" | grep -q "$seed" && shown=$((shown + 1))
		get "v1/cases/$number" | grep -q "\"hash\":\"$(printf %s "$seed" | sha256sum | cut -c1-64)\"" || shown=$((shown + 1))
	done
	[ "$(grep -c ': holds$' "$dir/checked")" = 0 ] || {
		cp "$dir/facts" "$dir/drawn"
		drawn_number=$number
	}
	# What anybody is told, with no account at all.
	curl -sS "$hall_url/v1/draws/$number?limit=200" >"$dir/public"
	deploy/check-draw <"$dir/public" >"$dir/checked"
	if get "v1/cases/$number" | grep -q '"phase":"closed"'; then
		open_holds=$((open_holds + $(grep -c ': holds$' "$dir/checked")))
		closed=$((closed + $(sql "select count(*) from facts f, json_array_elements(body::json->'facts') x, cases c
			where c.number = '$number' and f.case_id = c.id and x->>'fact' = 'drawn'")))
	else
		told=$((told + $(grep -c '"drawn"' "$dir/public")))
		hashes=$((hashes + $(grep -o '"committed"' "$dir/public" | wc -l)))
	fi
done
same 'anybody computes again what was drawn in a closed case' "$open_holds" "$closed"
same 'of which there are some' "$((closed > 0))" 1
same 'of an open one he is told the hashes' "$((hashes > 0))" 1
same 'and nobody who was drawn' "$told" 0
# shellcheck disable=SC2154 # of the loop
same 'who works on the case sees it' "$(get "v1/cases/$drawn_number" | grep -c '"values":{[^}]*"officers":\[')" 1
same 'every draw is computed again' "$holds" 9
same 'some seeds wait' "$(sql "select count(*) > 5 from cases, json_array_elements(state::json->'draws')")" t
same 'and are shown by their hash alone' "$shown" 0
same 'no two draws have one seed' "$(sql "select count(*) = count(distinct f->>'detail') from facts,
	json_array_elements(body::json->'facts') f where f->>'fact' = 'committed'")" t

sed 's/"drawn":\["[^"]*/&x/' "$dir/drawn" | deploy/check-draw >"$dir/checked"
same 'a result that was changed is found' "$?" 1
sed 's/\("fact":"committed","name":"officers"\|"detail":"\)[0-9a-f]/\1/' "$dir/drawn" | deploy/check-draw >"$dir/checked"
same 'a hash that was changed is found' "$?" 1
echo '{"items":[]}' | deploy/check-draw >"$dir/checked"
same 'where nothing was drawn it says so' "$?" 2

echo "$passed passed, $failed failed"
[ "$failed" = 0 ]
