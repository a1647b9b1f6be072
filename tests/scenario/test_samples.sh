#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Scenarios of definitions that are no procedures: messages that come early, late,
# twice or unknown; cases that stand with one another; labels and lanes; a
# sentence for every command.
set -u
cd "$(dirname "$0")/../.." || exit 1
onestop=${ONESTOP:-build/release/onestop}
"$onestop" lint --workflows workflows tests/scenario/messages/inquiry.json && echo "1 passed, 0 failed" || echo "0 passed, 1 failed"
exec "$onestop" play --workflows workflows tests/scenario/messages tests/http/kin tests/http/world
