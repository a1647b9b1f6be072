#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Every workflow of the project is sound, and every scenario beside it, played
# in virtual time, comes out as it says.
set -u
cd "$(dirname "$0")/../.." || exit 1
onestop=${ONESTOP:-build/release/onestop}
for command in lint play; do
	"$onestop" help $command >/dev/null || exit 1
done
"$onestop" lint workflows && echo "1 passed, 0 failed" || echo "0 passed, 1 failed"
exec "$onestop" play workflows
