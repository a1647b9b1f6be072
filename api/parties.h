/* SPDX-License-Identifier: Apache-2.0 */
#ifndef API_PARTIES_H
#define API_PARTIES_H

#include "api/lookup.h"
#include "api/page.h"

/*
 * 一企一档 on its way: one page of cases, each with what belongs to it.  In
 * the request's arena.
 */

/** One case. */
struct dossier_case {
    int64_t id;
    int32_t definition;
    const struct workflow *workflow;                   /* as soon as its version is here */
    const char *head;                                  /* JSON without its end */
    const char *name;                                  /* of its applicant; NULL: not given */
    struct text identity;                              /* members; of a purged case: none */
    struct text certificates, changes, ratings, cards; /* items */
};

struct dossier {
    struct app *app;
    struct http_request *r;
    struct page page;
    const char *code;
    struct dossier_case *item;
    size_t n;
    size_t elsewhere; /* cases of the page that are other departments' */
    int found;        /* rows read: one more than the limit, there is a next page */
    int64_t last;     /* the last row's id, shown or not */
    struct error error;
    bool noted;

    struct dossier *next; /* waits for an edition */
};

/** Answers the request with it. */
void dossier_answer(struct dossier *d);

/** parties_parts.c: reads what belongs to the cases, then answers. */
void dossier_read_parts(struct dossier *d);

#endif
