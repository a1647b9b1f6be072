#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# How cases come in, and which district has them: see intake.pl.
exec "$(dirname "$0")/hall" "$(dirname "$0")/intake.pl"
