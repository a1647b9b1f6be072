/* SPDX-License-Identifier: Apache-2.0 */
#ifndef API_THROTTLE_H
#define API_THROTTLE_H

#include <stdbool.h>
#include <stdint.h>

/**
 * How often one address may come in at the doors nobody is signed in at: so
 * many requests a second, ten times that at once.  A table of fixed size, so
 * that many addresses cannot use up memory: who shares a place shares its
 * allowance.  Belongs to one worker; N workers allow N times as much.
 */
struct throttle;

/** @per_second 0: no limit. */
struct throttle *throttle_new(int64_t per_second);
void throttle_free(struct throttle *t);

/**
 * Takes one request of @address at @now_us (monotonic).  @return 0 when it may
 * pass, else the seconds after which one may.
 */
int64_t throttle_take(struct throttle *t, const char *address, int64_t now_us);

#endif
