/* SPDX-License-Identifier: Apache-2.0 */
#ifndef API_PURGED_H
#define API_PURGED_H

#include "api/app.h"

/** What is still known of a case whose retention is over (410 `gone`). */
struct purged {
    const char *number, *district;
    const char *coded;    /* number of the case whose query code it has: its own, or another */
    const uint8_t *query; /* HASH_BYTES: of number and query code, where it is its own */
    int64_t facts;        /* how many there were */
    const uint8_t *head;  /* HASH_BYTES: of the last */
    instant at;
};

/** Asks for case @id; @answer gets what purged_read() reads. */
void purged_ask(struct app *app, struct arena *a, int64_t id, pipeline_answer_fn *answer,
                void *arg);

/** Reads the answer into @out, in @a; false when the case was never purged. */
bool purged_read(const PGresult *res, struct arena *a, struct purged *out);

/** ERROR_GONE and what it says. */
void purged_error(const struct purged *p, struct error *e);

/** Answers with it. */
void purged_reply(struct http_request *r, const struct purged *p);

/** Members of its problem document: facts, head, purged; problem_document.extra. */
void purged_extra(struct text *t, void *purged);

#endif
