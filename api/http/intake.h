/* SPDX-License-Identifier: Apache-2.0 */
#ifndef API_HTTP_INTAKE_H
#define API_HTTP_INTAKE_H

#include <stdbool.h>
#include <stddef.h>

#include "api/http/request.h"

/**
 * A body that is taken as it comes, because it is too large to be kept.
 *
 * The `admit` hook sets r->streamed; `handle` then gets the request as soon as
 * its head is let in, and either answers it (the body is not read, the
 * connection ends) or opens an intake.  The taker's pace rules: while he has
 * enough at most limits.buffer_bytes wait here and the rest with the peer.
 * The deadlines of bodies hold as for any other, and body_max does.
 *
 * All three are called from the loop, never from within a function below.
 * Either `ended` or `lost` is called, once, unless the request was answered
 * before, which may be done at any time, also from within `take`.
 */
struct http_intake_hooks {
    /** Bytes that came; @return false when that is enough until http_intake_resume(). */
    bool (*take)(void *arg, const void *bytes, size_t len);
    /** That was all of it. */
    void (*ended)(void *arg);
    /** The rest will never come: the peer has gone, was too slow, or broke the framing.  What he
     * can be told he was told; the request is an orphan, and its answer still due. */
    void (*lost)(void *arg);
    void *arg;
};

/**
 * Lets the body of @r come.  @return false when the peer is gone: nothing is
 * called then, and the answer is due.
 */
MUST_CHECK bool http_intake_open(struct http_request *r, const struct http_intake_hooks *hooks);

/** There is room again. */
void http_intake_resume(struct http_request *r);

#endif
