#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# What outside systems tell the hall, signed.
exec perl -I "$(dirname "$0")/../support" "$(dirname "$0")/messages.pl"
