/* SPDX-License-Identifier: Apache-2.0 */
#ifndef API_ROUTER_H
#define API_ROUTER_H

#include <stdbool.h>
#include <stddef.h>

#include "api/http/request.h"
#include "base/arena.h"
#include "base/error.h"

/**
 * One method of one resource.  @pattern is made of literal segments and
 * parameters: "/v1/cases/{number}/actions".  A literal beats a parameter, so
 * "/v1/tasks/next" and "/v1/tasks/{id}" may stand side by side, and then
 * "/v1/tasks/next" has the methods of its own routes only.
 *
 * HEAD goes where GET goes and OPTIONS is answered by the router.
 */
struct route {
    enum http_method method;
    const char *pattern;
    void (*handle)(void *arg, struct http_request *r);
    int flags;       /* the caller's: ROUTE_OPEN, ROUTE_ADMIN … are his words */
    size_t body_max; /* bytes; 0 = the server's limit */
    const char
        *type; /* media types of the body, ", " between; NULL = application/json, "*" = any */
};

struct router;

/**
 * Compiles @n routes into @a; they must outlive the router, which is
 * read-only afterwards and may be shared by threads.
 * A pattern that is malformed or stands there twice ends the process.
 */
struct router *router_new(struct arena *a, const struct route *route, size_t n);

/**
 * A look at the head alone, before the body: may he at all?  @return false
 * with @e set to have the request refused (add WWW-Authenticate first).
 */
typedef bool router_gate(void *arg, struct http_request *r, const struct route *route,
                         struct error *e);

/**
 * For the `admit` hook: finds the route and sets the limit of the body.
 * Answers unknown paths (404), other methods (405 with Allow), OPTIONS, bodies
 * of another type or with a Content-Encoding (415), and what @gate refuses.
 * @gate may be NULL.
 */
void router_admit(const struct router *router, router_gate *gate, void *arg,
                  struct http_request *r);

/** For the `handle` hook: calls the handler of the route found by router_admit(). */
void router_handle(void *arg, struct http_request *r);

/** The route found, or NULL. */
const struct route *router_route(const struct http_request *r);

/** The decoded value of path parameter @name, never NULL: asking for one that is not in the
 * pattern ends the process. */
const char *router_param(const struct http_request *r, const char *name);

#endif
