#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# T18: the same batches of the same cases given to three daemons at once.
exec perl -I "$(dirname "$0")/../support" "$(dirname "$0")/hot_batches.pl"
