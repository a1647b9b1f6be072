#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# T13: who has written reads what he wrote, of whichever daemon he asks.
exec perl -I "$(dirname "$0")/../support" "$(dirname "$0")/read_your_writes.pl"
