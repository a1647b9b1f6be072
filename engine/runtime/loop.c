/* SPDX-License-Identifier: Apache-2.0 */
/* Event loops of workers, and their time. */
#include "runtime/loop.h"

#include <event2/event.h>
#include <time.h>

#include "base/require.h"

struct event_base *
loop_new(void)
{
    struct event_config *config = event_config_new();
    struct event_base *base;

    require(config && event_config_set_flag(config, EVENT_BASE_FLAG_NOLOCK) == 0);
    base = event_base_new_with_config(config);
    require(base != NULL);
    event_config_free(config);
    return base;
}

instant
loop_monotonic(void)
{
    struct timespec ts;

    require(clock_gettime(CLOCK_MONOTONIC_COARSE, &ts) == 0);
    return ts.tv_sec * SPAN_SECOND + ts.tv_nsec / 1000;
}
