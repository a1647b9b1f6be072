#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Halls and versions of calendars over HTTP: SIGHUP loads them, what runs keeps
# its own until it is recounted, and a daemon fetches a version it never loaded.
set -u
cd "$(dirname "$0")/../.." || exit 1
if [ "${1:-}" != inside ]; then
	house=$(mktemp -d)
	chmod 0755 "$house"
	cp workflows/organisation.json workflows/plan.json "$house"
	cp -R workflows/calendar workflows/fragments workflows/registration "$house"
	CALENDARS_HOUSE=$house HALL_WORKFLOWS=$house tests/contract/hall "$0" inside
	status=$?
	rm -rf "$house"
	exit $status
fi
exec perl -Itests/contract -Itests/support tests/http/calendars.pl
