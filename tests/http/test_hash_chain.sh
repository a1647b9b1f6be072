#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# T14: what happened, held against what was said then.
exec perl -I "$(dirname "$0")/../support" "$(dirname "$0")/hash_chain.pl"
