#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Messages from outside that fit several cases, and who says whose they are.
exec perl -I "$(dirname "$0")/../support" "$(dirname "$0")/inbound.pl"
