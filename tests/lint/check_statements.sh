#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Law 3: SQL lives in engine/store/sql, and a statement that touches a table
# with a `cell` names it.  (That each prepares is proved by tests/sql/check.sh.)
set -eu
cat schema/[0-9]*.sql 2>/dev/null | sed 's/--.*//' | tr 'A-Z\n' 'a-z ' | tr ';' '\n' |
	sed -n 's/.*create table *\(if not exists \)\{0,1\}\([a-z_.]*\) *(.*[(, ]cell  *\(smallint\|int2\).*/\2/p' >"${TMPDIR:-/tmp}/tables.$$"
trap 'rm -f "${TMPDIR:-/tmp}/tables.$$"' EXIT
files=$(find engine/store/sql -name '*.sql' 2>/dev/null | sort)
bad=0
if [ -n "$files" ]; then
	# shellcheck disable=SC2086 # a list of files
	awk -v tables="${TMPDIR:-/tmp}/tables.$$" '
	function check(  t, words) {
		if (name == "") return
		n++
		words = tolower(text)
		gsub(/[^a-z_0-9]/, " ", words)
		words = " " words " "
		if (index(words, " cell ")) return
		for (t in own)
			if (index(words, " " t " ")) {
				printf "%s:%d: statement %s touches %s and does not name its cell\n", file, line, name, t
				bad = 1
			}
	}
	BEGIN { while ((getline t <tables) > 0) own[t] = 1 }
	FNR == 1 { check(); name = "" }
	/^-- name: / { check(); name = $3; text = ""; file = FILENAME; line = FNR; next }
	{ sub(/--.*/, ""); text = text " " $0 }
	END {
		check()
		if (!bad) printf "%d statements name their cell\n", n
		exit bad
	}' $files || bad=1
fi
# No SQL in C: a literal that begins like a statement on a table.  Start-up and
# session commands (migrate.c, doctor) speak of the schema, not of cases.
stray=$(find engine api -name '*.c' | sort | xargs awk -v keep=strings -f "$(dirname "$0")/strip.awk" |
	grep -E ':[0-9]+: *(SELECT|INSERT INTO|UPDATE|DELETE FROM|WITH|COPY|MERGE) ' |
	grep -vE '^engine/(store/(migrate|inspect))\.c:' || true)
[ -z "$stray" ] || {
	echo "$stray" | sed 's/$/   <- belongs to engine\/store\/sql/'
	bad=1
}
exit $bad
