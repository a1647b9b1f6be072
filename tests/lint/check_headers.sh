#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Law 4: every header compiles alone.
set -eu
n=0 bad=0
for header in engine/*/*.h api/*.h api/http/*.h tests/support/*.h; do
	[ -f "$header" ] || continue
	n=$((n + 1))
	# shellcheck disable=SC2086 # lists of flags
	${CC:-cc} ${CPP_OWN:--std=c11 -D_GNU_SOURCE -Iengine -I. -Ibuild/gen} ${WARN:--Wall -Werror} \
		-fsyntax-only -x c -include "$header" /dev/null || bad=1
done
[ $bad = 0 ] || exit 1
[ $n != 0 ] || {
	echo "found no header"
	exit 1
}
echo "$n headers compile alone"
