#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Commits in doubt, on a cluster of its own: a standby that it demands and does
# not get holds up everybody's commits.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
export PG_VET=0
exec "$here/../pg.sh" "${ONESTOP_BUILD:-build/release}/tests/fault/doubt"
