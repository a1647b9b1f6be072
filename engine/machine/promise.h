/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MACHINE_PROMISE_H
#define MACHINE_PROMISE_H

#include "definition/registry.h"

/**
 * The part of DESIGN 4 "Checked at load" that takes the date function: finds
 * promises that can end after the statutory limit, and extensions that cannot
 * be added to their limit.
 *
 * A promised and a statutory clock of one scope that run from the same mark to
 * the same mark are held against each other for every start day of @calendar
 * and of the calendars of its halls at opening, at 12:00 and a minute before closing, without stops
 * or extensions.  Limits by condition are compared arm by arm where the two clocks ask the same
 * conditions in the same order, and each with each otherwise; dates that an expression gives are
 * not compared.  A promise that can end later must say `exceeds`, and one that says it and cannot
 * is told.
 *
 * Adds to @problems what it finds; @return false when some of that is an error.
 * Called where definition_read() was: by lint and by publishing.  @scratch is
 * the caller's, and may be reset afterwards.
 */
MUST_CHECK bool promise_check(const struct workflow *w, const struct calendar *calendar,
                              struct arena *scratch, struct problems *problems);

/**
 * Holds each limit of those of the @n workflows @list that are of a region against the overlay of
 * the region around it, on every day of @r on which another of that is in force than the one it
 * was laid over: it may never end later.
 * @return false when there was a problem.
 */
MUST_CHECK bool promise_check_layers(const struct registry *r, const struct workflow *const *list,
                                     uint32_t n, const struct calendar *calendar,
                                     struct arena *scratch, struct problems *problems);

#endif
