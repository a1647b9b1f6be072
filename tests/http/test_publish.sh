#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# A new version is published on SIGHUP when its scenarios pass, and not before.
set -u
cd "$(dirname "$0")/../.." || exit 1
if [ "${1:-}" != inside ]; then
	house=$(mktemp -d)
	chmod 0755 "$house"
	cp workflows/organisation.json workflows/plan.json "$house"
	cp -R workflows/calendar workflows/fragments workflows/registration "$house"
	PUBLISH_HOUSE=$house HALL_WORKFLOWS=$house tests/contract/hall "$0" inside
	status=$?
	rm -rf "$house"
	exit $status
fi
# shellcheck source=tests/support/same.sh disable=SC1091
. tests/support/same.sh
file=$PUBLISH_HOUSE/registration/company-opening.json

version() {
	perl -MIO::Socket::INET -e '
		my ($host) = $ENV{ONESTOP_URL} =~ m{//(.*)};
		my $s = IO::Socket::INET->new($host) or die;
		print $s "GET /v1/workflows HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";
		local $/;
		print <$s> =~ /"company-opening".*?"version":"([0-9a-f]+)"/ ? $1 : "none"'
}

said() { grep -c "msg=$1\|msg=\"$1" "$ONESTOP_HALL/log"; }

# reload WORD: SIGHUP, and the log says WORD
reload() {
	before=$(said "$1") tries=0
	kill -HUP "$ONESTOP_PID"
	while [ "$(said "$1")" = "$before" ] && [ $tries -lt 5000 ]; do tries=$((tries + 1)); done
}

old=$(version)
# Sound, but the scenarios expect that a case ends as delivered.
sed 's/"public": "delivered"/"public": "decided"/' "$file" >"$file.new"
cp "$file" "$file.old"
mv "$file.new" "$file"
reload 'reload refused'
same 'what fails its scenarios is not published' "$(version)" "$old"
same 'and the log says which' "$(grep -c 'msg=scenario.*company-opening.*case:[0-9]' "$ONESTOP_HALL/log" | sed 's/^[1-9].*/some/')" some
# A title is seen by no scenario.
sed 's/"en": "Company opening"/"en": "Opening of a company"/' "$file.old" >"$file"
rm "$file.old"
reload reloaded
now=$(version)
same 'what passes them is' "$([ "$now" != "$old" ] && [ "$now" != none ] && echo published)" published
echo "$passed passed, $failed failed"
[ $failed = 0 ]
