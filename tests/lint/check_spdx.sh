#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The licence in one line at the head of every source file.
set -eu
n=0 bad=0
for file in $(find engine api tests deploy .ci Makefile -type f ! -path '*/node_modules/*' ! -path '*/dist/*' \
	\( -name '*.[ch]' -o -name '*.sh' -o -name '*.awk' -o -name '*.ts' -o -name '*.tsx' -o -name Makefile \) | sort); do
	n=$((n + 1))
	head -n 3 "$file" | grep -q 'SPDX-License-Identifier: Apache-2.0' || {
		echo "$file:1: the SPDX line is missing"
		bad=1
	}
done
[ $bad = 0 ] || exit 1
echo "$n files name their licence"
