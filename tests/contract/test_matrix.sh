#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Who may call what: see matrix.pl.
exec "$(dirname "$0")/hall" "$(dirname "$0")/matrix.pl"
