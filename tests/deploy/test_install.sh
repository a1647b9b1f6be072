#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# make install, the unit's hardening, the nginx sample.
set -u
cd "$(dirname "$0")/../.." || exit 1
passed=0 failed=0 skipped=0
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT

check() {
	if [ "$2" = "$3" ]; then
		passed=$((passed + 1))
	else
		failed=$((failed + 1))
		printf '%s: expected "%s", got "%s"\n' "$1" "$3" "$2"
	fi
}
left_out() {
	skipped=$((skipped + 1))
	echo "skipped: $1"
}

onestop=${ONESTOP:-build/release/onestop}
install() { DESTDIR=$dir prefix=/usr sysconfdir=/etc unitdir=/usr/lib/systemd/system deploy/install "$onestop"; }

install
check 'it installs' $? 0
check 'the program runs from there' "$("$dir/usr/bin/onestop" --version)" "$("$onestop" --version)"
check 'its settings are valid and say where things lie' \
	"$("$dir/usr/bin/onestop" settings --config "$dir/etc/onestop/onestop.ini" | grep -A1 '^# file' | grep '^workflows')" \
	'workflows = /usr/share/onestop/workflows'
check 'workflows and schema are there' "$(
	cd "$dir/usr/share/onestop" && find workflows schema -type f | wc -l
)" "$(find workflows schema -type f | wc -l)"
check 'no path is left open in the unit' "$(grep -c '@' "$dir/usr/lib/systemd/system/onestop.service" | sed 's/[1-9][0-9]*/some/')" \
	"$(grep -c 'SystemCallFilter=.*@' deploy/onestop.service | sed 's/[1-9][0-9]*/some/')"
echo 'port = 9' >>"$dir/etc/onestop/onestop.ini"
install 2>/dev/null
check 'settings of the site are kept' "$(tail -n 1 "$dir/etc/onestop/onestop.ini")" 'port = 9'
check 'and the sample stands beside' "$([ -e "$dir/etc/onestop/onestop.ini.new" ] && echo yes)" yes

# The exposure systemd sees, 0 best, 10 worst; our limit is 1.5.
if command -v systemd-analyze >/dev/null; then
	exposure=$(systemd-analyze security --offline=true --no-pager "$dir/usr/lib/systemd/system/onestop.service" 2>/dev/null |
		sed -n 's/.*Overall exposure level for onestop.service: \([0-9.]*\).*/\1/p')
	echo "exposure: $exposure"
	check 'the unit is hardened' "$(awk -v e="${exposure:-10}" 'BEGIN { print (e + 0 > 0 && e <= 1.5) ? "yes" : "no: " e }')" yes
	systemd-analyze verify --recursive-errors=no "$dir/usr/lib/systemd/system/onestop.service" 2>&1 |
		grep 'onestop.service:' | grep -v 'is not executable\|No such file' >"$dir/verify"
	check 'every line of the unit is understood' "$(cat "$dir/verify")" ''
else
	left_out 'systemd-analyze is not installed'
fi
if command -v nginx >/dev/null; then
	openssl req -x509 -newkey rsa:2048 -nodes -subj /CN=hall -days 1 -keyout "$dir/key.pem" -out "$dir/fullchain.pem" 2>/dev/null
	printf 'pid %s/nginx.pid; events {} http { include %s/site.conf; }\n' "$dir" "$dir" >"$dir/nginx.conf"
	sed "s|/etc/ssl/onestop|$dir|" deploy/nginx.conf >"$dir/site.conf"
	check 'nginx understands its sample' "$(nginx -t -q -e stderr -c "$dir/nginx.conf" 2>&1 | grep -v 'could not be resolved')" ''
else
	left_out 'nginx is not installed'
fi

[ $skipped = 0 ] && echo "$passed passed, $failed failed" || echo "$passed passed, $failed failed, $skipped skipped"
[ $failed = 0 ]
