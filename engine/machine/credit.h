/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MACHINE_CREDIT_H
#define MACHINE_CREDIT_H

#include "machine/flow.h"

/*
 * What became of the promises of a party 告知承诺: one that was found broken counts
 * against it, in this case and in all others, until a head or supervisor says
 * that it is made good 信用修复 or was none.  That the material has come since
 * mends the case, not the credit.
 *
 * Those of other cases the shell looks up for definitions that ask for them
 * (setting.broken), as they stand when the command is decided.  Of somebody who
 * only says who he is nothing is known of other cases, nor by them of this one.
 */

/** How many of other cases count now; how many of this one and of others do. */
int32_t credit_elsewhere(const struct run *r);
int32_t credit_broken(const struct run *r);

#endif
