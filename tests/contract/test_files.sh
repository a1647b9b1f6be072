#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Every file the program reads, spoilt in one way at a time: it is refused with
# the exit code of the manual, the message names the file, nothing crashes.
# api/bad-input.md says which way and what is told.
# shellcheck disable=SC2059,SC2016 # texts are formats, for their bytes in octal
set -u
cd "$(dirname "$0")/../.." || exit 1
onestop=${ONESTOP:-build/release/onestop}
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
passed=0 failed=0
export LC_ALL=C.UTF-8
unset ONESTOP_SERVER_WORKFLOWS ONESTOP_CONFIG
# What is wrong with a definition only the database can make good, which has none here.
[ "$(id -u)" != 0 ] || ONESTOP_SERVER_USER=$(stat -Lc %U "$ONESTOP_PG_VAR/db/data")
export ONESTOP_SERVER_USER="${ONESTOP_SERVER_USER:-}"
chmod 0755 "$dir"

tell() { # WHAT IS WANTED
	failed=$((failed + 1))
	printf '%s: %s, not %s\n' "$1" "$2" "$3"
	sed 's/^/  | /' "$dir/said" | head -n 5
}

# refused WHAT CODE NAMED COMMAND...: exit CODE, and NAMED stands in what is said
refused() {
	what=$1 code=$2 named=$3
	shift 3
	timeout 300 "$onestop" "$@" >"$dir/said" 2>&1 </dev/null
	is=$?
	if [ "$is" != "$code" ]; then
		tell "$what" "exit $is" "exit $code"
	elif ! grep -q -- "$named" "$dir/said"; then
		tell "$what" 'nothing' "$named is named"
	else
		passed=$((passed + 1))
	fi
}

# A sound hall of one workflow.
hall() {
	rm -rf "$dir/hall"
	mkdir "$dir/hall"
	cp -R workflows/organisation.json workflows/plan.json workflows/calendar workflows/fragments workflows/registration/company-opening.json "$dir/hall"
}

# spoil_json FILE: writes a spoilt copy over it, in each way that any JSON can be spoilt
ways='gone empty cut not-utf-8 a-member-twice nul too-deep something-behind a-text an-array a-folder byte-order-mark'
spoil_json() { # WAY FILE
	case $1 in
	gone) rm -f "$2" ;;
	empty) : >"$2" ;;
	cut) head -c "$(($(wc -c <"$2") / 2))" "$2" >"$2.new" && mv "$2.new" "$2" ;;
	not-utf-8) printf '{"title": "\377\376"}' >"$2" ;;
	a-member-twice) printf '{"id": "x", "id": "x"}' >"$2" ;;
	nul) printf '{"id": "a\\u0000b"}' >"$2" ;;
	too-deep) awk 'BEGIN { for (i = 0; i < 5000; i++) printf "["; }' >"$2" ;;
	something-behind) echo '{} {}' >"$2" ;;
	a-text) echo '"x"' >"$2" ;;
	an-array) echo '[]' >"$2" ;;
	a-folder) rm -rf "$2" && mkdir "$2" ;;
	byte-order-mark) { printf '\357\273\277' && cat "$2"; } >"$2.new" && mv "$2.new" "$2" ;;
	esac
}

# --- the files of the hall: lint finds it, and the daemon does not start ---
for file in company-opening.json organisation.json plan.json calendar/cn-2026.json fragments/intake.json; do
	for way in $ways; do
		case $file:$way in
		company-opening.json:gone | company-opening.json:a-folder | calendar/*:gone | calendar/*:a-folder) continue ;; # is no file of the hall then
		esac
		hall
		spoil_json "$way" "$dir/hall/$file"
		named=$(basename "$file" .json)
		case $file:$way in calendar/*:a-text | calendar/*:an-array) named=calendar ;; esac # as one of the years
		refused "lint, $file: $way" 7 "$named" lint --workflows "$dir/hall" "$dir/hall"
		refused "serve, $file: $way" 7 problem serve --listen "unix:$dir/socket" --workflows "$dir/hall"
	done
	hall
	sed '0,/{/s/{/{"nonesuch": 1, /' "$dir/hall/$file" >"$dir/new" && mv "$dir/new" "$dir/hall/$file"
	refused "lint, $file: unknown-key" 7 nonesuch lint --workflows "$dir/hall" "$dir/hall"
done
hall
{ printf '{"$comment": "' && awk 'BEGIN { for (i = 0; i < 17000; i++) printf "%1024s", "" }' && printf '"}'; } >"$dir/hall/organisation.json"
refused 'organisation.json: too-large' 7 organisation lint --workflows "$dir/hall" "$dir/hall"
refused 'workflows: no-such-folder' 7 nowhere serve --listen "unix:$dir/socket" --workflows "$dir/nowhere"

# --- onestop.ini and the environment ---
ini() { # WHAT NAMED TEXT
	printf "$3" >"$dir/onestop.ini"
	refused "onestop.ini: $1" 2 "$2" settings --config "$dir/onestop.ini"
	refused "serve, onestop.ini: $1" 2 "$2" serve --config "$dir/onestop.ini"
}
ini unknown-key port '[server]\nprot = 8080\n'
ini unknown-section server '[sever]\nport = 8080\n'
ini wrong-type port '[server]\nport = many\n'
ini out-of-range 65535 '[server]\nport = 65536\n'
ini no-unit head_time '[limits]\nhead_time = 10\n'
ini malformed onestop.ini:1 'port 8080\n'
ini twice twice '[server]\nport = 1\nport = 2\n'
ini too-long onestop.ini "[server]\nlisten = $(printf '%05000d' 0)\n"
printf '[server]\nlisten = a\000b\n' >"$dir/onestop.ini"
refused 'onestop.ini: nul' 1 onestop.ini settings --config "$dir/onestop.ini"
refused 'onestop.ini: gone' 1 gone.ini settings --config "$dir/gone.ini"
refused 'onestop.ini: a-folder' 1 "$dir" settings --config "$dir"
variable() { # WHAT NAMED ASSIGNMENT
	is=$(env "$3" "$onestop" settings 2>&1 >/dev/null)
	if [ $? = 2 ] && echo "$is" | grep -q -- "$2"; then passed=$((passed + 1)); else
		echo "$is" >"$dir/said"
		tell "environment: $1" "$is" "2, $2"
	fi
}
variable unknown-key server.port 'ONESTOP_SERVER_PROT=8080'
variable wrong-type server.port 'ONESTOP_SERVER_PORT=many'
variable out-of-range 65535 'ONESTOP_SERVER_PORT=70000'
variable too-long server.listen "ONESTOP_SERVER_LISTEN=$(printf '%0200d' 0)"

# --- scenarios ---
scenario() { # WHAT CODE NAMED TEXT
	printf "$4" >"$dir/bad.case"
	refused "scenario: $1" "$2" "$3" play --workflows "$dir/hall" "$dir/bad.case"
}
hall
top='workflow company-opening\ndistrict 371502\n'
scenario unknown-word 7 'bad.case:4' "$top\n2026-03-02 09:00 window dances\n"
scenario bad-json 7 'bad.case' "$top"'form {"name": \n\n2026-03-02 09:00 window opens\n'
scenario unknown-workflow 7 nonesuch 'workflow nonesuch\ndistrict 371502\nform {}\n\n2026-03-02 09:00 window opens\n'
scenario wrong-type 7 'bad.case:4' "$top\nsoon window opens\n"
scenario not-utf-8 7 'bad.case' "$top\n2026-03-02 09:00 window does \377\376\n"
scenario empty 7 'bad.case' ''
refused 'scenario: gone' 3 gone.case play --workflows "$dir/hall" "$dir/gone.case"
refused 'scenario: a-folder-without-any' 3 scenario play --workflows "$dir/hall" "$dir/hall/calendar"

# --- onestop clock: stops and hours ---
start=2026-02-13T10:00:00+08:00
stops() { # WHAT NAMED TEXT
	printf "$3" >"$dir/stops"
	refused "stops: $1" 1 "$2" clock due --start $start --limit '5 working days' --stops "$dir/stops"
}
stops not-json stops 'soon'
stops wrong-type array '{"from": 1}'
stops unknown-key only '[{"from": "2026-02-14T10:00:00+08:00", "until": null}]'
stops missing-field from '[{"to": null}]'
stops bad-time from '[{"from": "yesterday", "to": null}]'
stops backwards before '[{"from": "2026-02-15T10:00:00+08:00", "to": "2026-02-14T10:00:00+08:00"}]'
stops not-utf-8 stops '[{"from": "\377\376", "to": null}]'
stops a-member-twice stops '[{"from": "2026-02-14T10:00:00+08:00", "from": null}]'
refused 'stops: gone' 1 gone clock due --start $start --limit '5 working days' --stops "$dir/gone"
hours() { # WHAT NAMED TEXT
	printf "$3" >"$dir/hours"
	refused "hours: $1" 1 "$2" clock due --start $start --limit '5 working days' --hall "$dir/hours"
}
hours not-json hours 'soon'
hours wrong-type seasons '{"seasons": 1}'
hours unknown-key nonesuch '{"nonesuch": 1}'
hours bad-time span '{"seasons": [{"from": "01-01", "to": "12-31", "spans": ["25:00-26:00"]}]}'
refused 'hours: gone' 1 gone clock due --start $start --limit '5 working days' --hall "$dir/gone"

# --- accounts: the password on standard input ---
password() { # WHAT NAMED BYTES
	printf "$3" >"$dir/password"
	"$onestop" account add x --role window --password-stdin <"$dir/password" >"$dir/said" 2>&1
	is=$?
	if [ $is = 2 ] && grep -q -- "$2" "$dir/said"; then passed=$((passed + 1)); else tell "password: $1" "exit $is" "exit 2, $2"; fi
}
password empty password ''
password an-empty-line password '\n'
password too-short '8 bytes' 'seven..\n'
password too-long bytes "$(printf '%0300d' 0)\n"
password nul NUL 'abcdefgh\000ijk\n'

# --- the import's map ---
for way in $ways; do
	rm -rf "$dir/map.json"
	cp tests/import/map.json "$dir/map.json"
	spoil_json "$way" "$dir/map.json"
	: >"$dir/log.csv"
	timeout 300 "$onestop" import --map "$dir/map.json" --dry-run "$dir/log.csv" >"$dir/said" 2>&1 </dev/null
	is=$?
	case $is in
	1) if grep -q 'map.json' "$dir/said"; then passed=$((passed + 1)); else tell "map.json: $way" nothing 'map.json is named'; fi ;;
	*) tell "map.json: $way" "exit $is" 'exit 1' ;;
	esac
done

echo "$passed passed, $failed failed"
[ $failed = 0 ]
