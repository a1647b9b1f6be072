/* SPDX-License-Identifier: Apache-2.0 */
#ifndef API_LOOKUP_H
#define API_LOOKUP_H

#include "api/app.h"

/**
 * Reads one case for a request, with its definition, and asks whether this
 * caller may see it.  In the request's arena.
 */
struct lookup {
    struct app *app;
    struct http_request *request;
    char number[40];
    int64_t id;
    struct case_row row; /* row.c is the state */
    const struct workflow *workflow;
    const struct purged *purged; /* there is no row, and this is still known of it; NULL */
    const char *first[3];        /* title, department and district of its first handler; NULL */
    instant now;
    const char *coded; /* number of the case whose code it is: its own, or the one it follows */
    int64_t followed;  /* that one's id, where it is another and a code is asked with; else 0 */
    const char *code;  /* Query-Code: the applicant asks; NULL: by session, or anybody */
    struct guesses *guesses; /* of that code; NULL: none is tried */
    const void *query;       /* HASH_BYTES: what the code must give; NULL: none is known to fit */
    bool anybody;            /* neither: what anybody may know, for objections */
    int32_t mandate;       /* it is not the applicant's but that of the agent of this mandate; 0 */
    const char *topic;     /* what an agent's mandate must reach to; NULL: the core looks */
    const instant *broken; /* [n_broken], by credit_read() */
    uint32_t n_broken;
    const struct contradiction *contradiction; /* by contradiction_read(); NULL: there is none */
    const char **agent; /* [row.c->n_mandate], by mandates_read(): who each is, JSON; NULL */
    void (*then)(struct lookup *l);
    void (*found)(struct lookup *l);
    void *arg;

    struct lookup *next; /* waits for an edition */
};

/**
 * Finds the case the path parameter "number" names and calls @found once; or
 * answers the request itself: 404 (no such case, or a wrong query code), 403
 * (another district or department), 503.
 */
void lookup_case(struct app *app, struct http_request *r, const char *code,
                 void (*found)(struct lookup *l), void *arg);

/** The same for more than to look: agents come in where their mandate reaches to @topic. */
void lookup_case_for(struct app *app, struct http_request *r, const char *code, const char *topic,
                     void (*found)(struct lookup *l), void *arg);

/** The same for what anybody may know of any case, whoever asks. */
void lookup_openly(struct app *app, struct http_request *r, void (*found)(struct lookup *l),
                   void *arg);

/** Whether he sees cases of @w, as far as his department goes: may_look(). */
bool lookup_concerns(const struct workflow *w, const struct session *s);

/** Members of a row of case_list, as in lists of cases. */
void view_case_head(struct text *t, struct app *app, const PGresult *res, int row);

/** Appends a row of certificate_show to a list: what anybody may know of it, and its place. */
void view_certificate_row(struct text *t, const PGresult *res, int row);

/** Who asks, as facts and keys name him: "applicant", "agent 2" by his mandate, an account. */
const char *lookup_principal(const struct lookup *l);

/** The request's query code; or NULL, and it is answered with 401. */
const char *lookup_code(struct http_request *r);

/**
 * Whether the calendars of @c are known.  Where they are not they are fetched and @l->found is
 * called once more, or the request is answered.
 */
bool lookup_knows(struct lookup *l, const struct case_state *c);

/** The same for all calendars that are named in @n records of the case. */
bool lookup_knows_all(struct lookup *l, const struct value *record, size_t n);

/**
 * The bodies in @res, not more than are told of in the state that was read: more may have been
 * written since.  NULL with @e set: one cannot be read.
 */
struct value *lookup_records(struct lookup *l, const PGresult *res, size_t *n, struct error *e);

/** From the worker, when editions came in. */
void lookup_editions_changed(struct app *app);
void parties_editions_changed(struct app *app);
void outages_editions_changed(struct app *app);

/** The colour of @k, NULL: of none; none too as long as a calendar of @c is being fetched. */
enum colour lookup_colour(struct app *app, const struct workflow *w, const struct case_state *c,
                          const struct case_clock *k, instant now);

/** What views take. */
struct sight lookup_sight(const struct lookup *l);

#endif
