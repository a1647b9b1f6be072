/* SPDX-License-Identifier: Apache-2.0 */
#ifndef API_SUBMIT_H
#define API_SUBMIT_H

#include "api/app.h"
#include "api/command.h"
#include "runtime/order.h"

/*
 * From a request to a command in a batch, and from what became of it to the
 * answer.  All commands of the interface pass here.
 */

/** A command on its way, in its request's arena. */
struct submission {
    struct order order; /* order.arg is the submission */
    struct app *app;
    struct http_request *request;
    const char *pointer; /* of the command in the body, for errors */
    const char *place;   /* under which a new case is found: "cases", "progress" */
    /** Instead of the usual answer; with order.error or order.reply.  NULL. */
    void (*done)(struct submission *s);
    void *arg;
    const char *number;    /* of the case, as submission_case() read it */
    const char *name;      /* of the case, as the caller wrote it: lists of results */
    const char *result;    /* what became of it, as JSON: lists of results */
    bool account_known;    /* the account the command names is there */
    struct purged *purged; /* the case is gone: ERROR_GONE; NULL */
};

/** A submission for @r, with the short reply of view_result(). */
struct submission *submission_new(struct app *app, struct http_request *r);

/** The Idempotency-Key of the request.  ERROR_IDEMPOTENCY_KEY_MISSING, ERROR_BAD_REQUEST. */
MUST_CHECK bool submission_key(struct submission *s, const char *key, struct error *e);

/** Is it there, and one?  ERROR_IDEMPOTENCY_KEY_MISSING, ERROR_BAD_REQUEST. */
MUST_CHECK bool submission_key_check(const char *key, struct error *e);

/** The same for one of many commands of a request: the key stands for @item alone. */
MUST_CHECK bool submission_key_of(struct submission *s, const char *key, const struct value *item,
                                  struct error *e);

/**
 * Reads the revision the caller saw from @etag (an If-Match value or NULL)
 * into the command.  ERROR_PRECONDITION_REQUIRED when it is due and missing:
 * systems may leave it out, and so may anybody who objects, for he is not
 * shown what a tag stands for.
 */
MUST_CHECK bool submission_match(struct submission *s, const char *etag, struct error *e);

/** The case a number in the path means. */
MUST_CHECK bool submission_case(struct submission *s, const char *number, struct error *e);

/** Sends it to the batch; answers the request when it is through, unless `done` does. */
void submission_send(struct submission *s);

/** Answers the request with what became of it. */
void submission_reply(struct submission *s);

/** Answers with an error and what the case allows: allowedActions, the current etag. */
void submission_refuse(struct submission *s, const struct error *e);

/** Writes the same problem document into @t, for lists of results. */
void submission_problem(struct text *t, const struct submission *s);

#endif
