/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RUNTIME_LOOP_H
#define RUNTIME_LOOP_H

#include "base/instant.h"

struct event_base;

/** An event loop for one thread alone, without locks. */
struct event_base *loop_new(void);

/** Time that is never set back, in microseconds since no particular moment; right to a few ms. */
instant loop_monotonic(void);

#endif
