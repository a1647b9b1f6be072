#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Requests spoilt in one place at a time: see negative.pl.
exec "$(dirname "$0")/hall" "$(dirname "$0")/negative.pl"
