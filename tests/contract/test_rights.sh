#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Whose people may give which command: see rights.pl.
set -eu
here=$(dirname "$0")
if [ "${1:-}" != inside ]; then
	house=$(mktemp -d)
	trap 'rm -rf "$house"' EXIT
	chmod 0755 "$house"
	cp workflows/organisation.json workflows/plan.json tests/http/world/brief.json "$house"
	cp -R workflows/calendar "$house"
	# A child case that is looked through in no time when the daemon starts.
	sed 's/"workflow": "errand"/"workflow": "brief"/' tests/http/world/everything.json >"$house/everything.json"
	HALL_WORKFLOWS=$house "$here/hall" "$0" inside
	exit
fi
exec "$here/rights.pl"
