#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# A case whose ballot is open moves to another version (T7): votes and codes stay, nobody learns them.
exec perl -I "$(dirname "$0")/../support" "$(dirname "$0")/migrated_ballot.pl"
