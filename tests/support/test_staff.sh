# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=sh disable=SC2154 # the caller has $dir, $onestop and $number, the hall its URL
# For scripts beside tests/support/test_hall.sh: people of one department who
# send commands about the case $number.  Their tokens are in $dir/WHO, the last
# body is in $dir/body.

# staff DEPARTMENT ROLE...: an account for each, called like it
staff() {
	department=$1
	shift
	for who; do
		echo sample-password | "$onestop" account add "$who-1" --role "$who" --department "$department" \
			--password-stdin 2>/dev/null || return 1
		curl -sS "$hall_url/v1/sessions" --json "{\"account\":\"$who-1\",\"password\":\"sample-password\"}" >"$dir/body"
		string token "$dir/body" >"$dir/$who"
	done
}

# send WHO PATH JSON [-H HEADER]: the status.  $same_key: under this key.
send() {
	key=${same_key:-$(cat /proc/sys/kernel/random/uuid)}
	curl -sS -o "$dir/body" -w '%{http_code}' "$hall_url/v1/$2" -H "Authorization: Bearer $(cat "$dir/$1")" \
		-H "Idempotency-Key: $key" --json "$3" ${4:+"$4" "$5"}
}

# act WHO COMMAND [TAG]
act() { send "$1" "cases/$number/actions" "$2" ${3:+-H "If-Match: $3"}; }

# told WHO EXPRESSION: what WHO sees of the case, $c, as Perl says it
told() {
	curl -sS "$hall_url/v1/cases/$number" -H "Authorization: Bearer $(cat "$dir/$1")" >"$dir/case"
	perl -MJSON::PP -0777 -ne 'BEGIN { $x = shift } $c = decode_json $_; print join(" ", eval $x), "\n"; die $@ if $@' "$2" "$dir/case"
}

# string NAME FILE: the first text member of that name
string() { grep -o "\"$1\":\"[^\"]*" "$2" | head -n 1 | cut -d '"' -f 4; }
