#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# `make run` and `make stop` as a newcomer uses them: up, answer, end, come
# again with what was recorded.
set -u
cd "$(dirname "$0")/../.." || exit 1
program=build/release/onestop
passed=0 failed=0
"$program" help serve >/dev/null 2>&1 || {
	echo "skipped: $program is not built, or has no serve"
	echo "0 passed, 0 failed, 1 skipped"
	exit 0
}
dir=$(mktemp -d)
chmod 0755 "$dir"
var=$dir/var
unset PGHOST PGUSER PGDATABASE PGOPTIONS
export ONESTOP_SERVER_LISTEN="127.0.0.1"
# Free now, and none that the system gives to outgoing connections.
port=$(perl -MIO::Socket::INET -e '
	for my $p (20000 + $$ % 12000 .. 32767) {
		my $s = IO::Socket::INET->new(LocalAddr => "127.0.0.1", LocalPort => $p, Listen => 1, ReuseAddr => 1) or next;
		print $p;
		last;
	}')
runner=''

# shellcheck disable=SC2317 # called by the trap
finish() {
	[ -z "$runner" ] || kill -TERM "$runner" 2>/dev/null
	deploy/stop "$var" 2>/dev/null
	rm -rf "$dir"
}
trap finish EXIT

check() {
	if [ "$2" = "$3" ]; then
		passed=$((passed + 1))
	else
		failed=$((failed + 1))
		echo "$1: expected \"$3\", got \"$2\""
		tail -n 20 "$dir/log"
	fi
}

start() {
	: >"$dir/log" # tail may look before the shell behind it has made it
	setsid deploy/run "$port" "$var" >"$dir/log" 2>&1 &
	runner=$!
	# Its output ends with it, so this waits for the line or for the end.
	tail -n +1 -f --pid="$runner" "$dir/log" | grep -q ' msg=ready '
	answer=$(curl -sS -o /dev/null -w '%{http_code}' "http://127.0.0.1:$port/livez" 2>/dev/null)
}

database() {
	conninfo=$(deploy/pg up "$var")
	psql -X -At "$conninfo" -c "$1"
}

start
check 'the first start answers' "$answer" 200
check 'a second start is refused' "$(
	deploy/run "$port" "$var" >/dev/null 2>&1
	echo $?
)" 4
database 'CREATE TABLE kept (n int); INSERT INTO kept VALUES (7)' >/dev/null
if [ "$(id -u)" = 0 ]; then
	check 'the daemon is not root' "$(ps -o user= -p "$(cat "$var/run.pid")" | tr -d ' ')" onestop
fi
kill -TERM "$runner"
wait "$runner"
check 'SIGTERM ends it' "$?" 143
runner=''
check 'and the daemon' "$(curl -s -o /dev/null -w '%{http_code}' "http://127.0.0.1:$port/livez")" 000
cluster=$(stat -L -c '%i %W' "$var/db/data/PG_VERSION")
start
check 'the second start answers' "$answer" 200
check 'of the same cluster' "$(stat -L -c '%i %W' "$var/db/data/PG_VERSION")" "$cluster"
check 'and has kept the data' "$(database 'SELECT n FROM kept')" 7
deploy/stop "$var"
wait "$runner"
check 'stop ends it' "$?" 0
runner=''
check 'and leaves no pid' "$(ls "$var/run.pid" 2>/dev/null)" ''
check 'stop again is no error' "$(
	deploy/stop "$var"
	echo $?
)" 0

echo "$passed passed, $failed failed"
[ $failed = 0 ]
