#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# An outage of a hall, recorded over HTTP and taken to its open cases.
exec perl -I "$(dirname "$0")/../support" "$(dirname "$0")/outage.pl"
