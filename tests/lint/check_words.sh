#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Law 5: a workflow is data.  No workflow id, step, branch, department, role or
# limit of workflows/**/*.json stands as a string in C.  A word of the data that
# is also a word of the engine's own is listed in words.allowed with its reason.
set -eu
here=$(dirname "$0")
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
find workflows -name '*.json' ! -name '*.schema.json' -print 2>/dev/null | sort >"$dir/files"
[ -s "$dir/files" ] || {
	echo "no workflows to read words from"
	exit 0
}
xargs awk -f "$here/vocabulary.awk" <"$dir/files" | sort -u >"$dir/words"
{
	find engine api -name '*.c'
	find engine api -name '*.h'
} | sort | xargs awk -v keep=strings -f "$here/strip.awk" >"$dir/literals"
awk -v allowed="$here/words.allowed" '
	BEGIN { while ((getline <allowed) > 0) if ($1 != "" && $1 !~ /^#/) may[$1] = 1 }
	FNR == NR { kind = $1; sub(/^[a-z]+ /, ""); is[$0] = kind; n++; next }
	{
		split($0, part, ":")
		literal = substr($0, length(part[1]) + length(part[2]) + 3)
		if ((literal in is) && !(literal in may)) {
			printf "%s:%s: \"%s\" is a %s of a workflow; C must not know it\n", part[1], part[2], literal, is[literal]
			bad = 1
		}
		if (literal ~ /^[0-9]+ (minute|hour|day|working day|month|year)s?$/) {
			printf "%s:%s: the limit \"%s\" belongs to a workflow\n", part[1], part[2], literal
			bad = 1
		}
	}
	END {
		if (!bad) printf "none of %d words of the workflows stands in C\n", n
		exit bad
	}' "$dir/words" "$dir/literals"
