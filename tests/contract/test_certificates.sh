#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# What the hall signs, verified by openssl alone: see certificates.pl.
exec "$(dirname "$0")/hall" "$(dirname "$0")/certificates.pl"
