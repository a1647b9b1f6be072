#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Law 4: a file stays under 500 lines, a function under 60.
set -eu
{
	find engine api tests -name '*.[ch]' ! -path '*/node_modules/*'
	find engine api tests deploy schema \( -name '*.sh' -o -name '*.awk' -o -name '*.sql' -o -name '*.def' \) \
		! -path '*/node_modules/*' 2>/dev/null
} | sort | xargs awk '
	function file_end() {
		if (file != "" && lines >= 500) { printf "%s: %d lines, 499 are allowed\n", file, lines; bad = 1 }
	}
	FNR == 1 { file_end(); file = FILENAME; n_file++; head = ""; start = 0 }
	{ lines = FNR }
	FILENAME !~ /\.[ch]$/ { next }
	/^[a-z_].*\(/ { head = $0; sub(/\(.*/, "", head); sub(/.*[ *]/, "", head) }
	/^\{$/ { start = FNR }
	/^\}/ && start {
		n_function++
		if (FNR - start - 1 >= 60) {
			printf "%s:%d: %s() has %d lines, 59 are allowed\n", FILENAME, start, head, FNR - start - 1
			bad = 1
		}
		start = 0
	}
	END {
		file_end()
		if (!bad) printf "%d files, %d functions\n", n_file, n_function
		exit bad
	}'
