#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Who acts for an applicant, and who of the house answers for his case: see mandate.pl.
exec "$(dirname "$0")/../contract/hall" "$(dirname "$0")/mandate.pl"
