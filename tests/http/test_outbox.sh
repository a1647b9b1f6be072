#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# What the hall tells outside systems, against a department's system that fails.
exec perl -I "$(dirname "$0")/../support" "$(dirname "$0")/outbox.pl"
