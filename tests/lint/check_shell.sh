#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Every script passes shellcheck, what it sources read with it.
set -eu
command -v shellcheck >/dev/null || {
	echo "shellcheck is missing: deploy/packages dev"
	exit 1
}
scripts=$(find deploy tests .ci -type f ! -path '*/node_modules/*' -exec sh -c 'head -n 1 "$1" | grep -q "^#!.*sh"' _ {} \; -print 2>/dev/null | sort)
# shellcheck disable=SC2086 # a list of files
shellcheck -x -e SC2016 $scripts
echo "$(echo "$scripts" | wc -l) scripts"
