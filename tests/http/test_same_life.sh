#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# T6, T16, T17: the same cases are lived in halls that differ in what must not matter, and are the
# same to the byte.
exec perl -I "$(dirname "$0")/../support" "$(dirname "$0")/same_life.pl"
