#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# What a command means at the door: see commands.pl.
exec "$(dirname "$0")/hall" "$(dirname "$0")/commands.pl"
