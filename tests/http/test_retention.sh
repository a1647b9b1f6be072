#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# T15: closed cases past their retention are archived and removed.
exec perl -I "$(dirname "$0")/../support" "$(dirname "$0")/retention.pl"
