#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Law 1: includes point down only.  Reads the .d files of sources that exist.
set -eu
B=${B:-build/release}
find engine api -name '*.c' | sort | while read -r source; do
	d=$B/${source%.c}.d
	[ ! -f "$d" ] || cat "$d"
done | awk -f "$(dirname "$0")/layers.awk"
