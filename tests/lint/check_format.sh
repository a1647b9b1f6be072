#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The C sources look as .clang-format says; `make format` mends them.
set -eu
command -v clang-format-14 >/dev/null || {
	echo "clang-format-14 is missing: deploy/packages dev"
	exit 1
}
find engine api tests -name '*.[ch]' ! -path '*/node_modules/*' | sort | xargs clang-format-14 --dry-run -Werror
echo "formatted"
