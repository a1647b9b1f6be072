#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The tables of the contract's documents: see tables.pl.
exec "$(dirname "$0")/tables.pl"
