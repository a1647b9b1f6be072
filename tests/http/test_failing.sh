#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# A case that cannot be read, over HTTP: who else is due has his turn, and the doctor says so.
exec perl -I "$(dirname "$0")/../support" "$(dirname "$0")/failing.pl"
