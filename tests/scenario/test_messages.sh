#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Messages from outside systems in scenarios: early, late, twice, unknown.
set -u
cd "$(dirname "$0")/../.." || exit 1
onestop=${ONESTOP:-build/release/onestop}
"$onestop" lint --workflows workflows tests/scenario/messages/inquiry.json && echo "1 passed, 0 failed" || echo "0 passed, 1 failed"
exec "$onestop" play --workflows workflows tests/scenario/messages
