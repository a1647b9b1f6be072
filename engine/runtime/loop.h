/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RUNTIME_LOOP_H
#define RUNTIME_LOOP_H

struct event_base;

/** An event loop for one thread alone, without locks. */
struct event_base *loop_new(void);

#endif
