/* SPDX-License-Identifier: Apache-2.0 */
#ifndef API_OUTAGES_H
#define API_OUTAGES_H

#include "api/app.h"

/** An outage as it would be recorded, or taken back. */
struct outage_wish {
    int32_t number;       /* 0: it is not recorded */
    const char *district; /* whose open cases; "*": of all */
    struct command command;
};

/**
 * Answers @r with what would become of the open cases and writes nothing: the core decides each as
 * it is now, some at a time, so that the worker's other requests go on.  @wish is the request's.
 */
void outage_try(struct app *app, struct http_request *r, const struct outage_wish *wish);

#endif
