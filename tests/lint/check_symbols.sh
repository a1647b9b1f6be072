#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Two files may not give one name to two things: in an archive the linker takes
# the first it finds, silently, as long as nothing needs both files.
set -eu
B=${B:-build/release}
objects=$(find engine api -name '*.c' ! -path 'engine/daemon/main.c' | sort | sed "s|.*|$B/&|; s|\.c\$|.o|")
# shellcheck disable=SC2086 # a list of files
nm -A -f posix --defined-only --extern-only $objects | awk '
	{
		file = $1
		sub(/:$/, "", file)
		n++
		if ($2 in first && first[$2] != file) {
			printf "%s is defined in %s and in %s\n", $2, first[$2], file
			bad = 1
		}
		first[$2] = file
	}
	END {
		if (!n) { print "found no symbol: build first"; bad = 1 }
		if (!bad) printf "%d names, each of one thing\n", n
		exit bad
	}'
