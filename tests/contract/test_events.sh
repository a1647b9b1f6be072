#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# What people are told of what happened: see events.pl.
exec "$(dirname "$0")/hall" "$(dirname "$0")/events.pl"
