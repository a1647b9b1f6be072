/* SPDX-License-Identifier: Apache-2.0 */
/* Codes that might be guessed: who guesses wrong waits. */
#include "api/guesses.h"

#include <stdio.h>

#include "api/reply.h"
#include "store/rows.h"

static void
on_wait(void *arg, const PGresult *res, const struct error *e)
{
    struct guesses *g = arg;
    struct error late;
    char seconds[24];

    if (e) {
        reply_error(g->request, e);
        return;
    }
    if (PQntuples(res) == 0) {
        g->then(g->arg);
        return;
    }
    (void)snprintf(seconds, sizeof(seconds), "%lld", (long long)row_int(res, 0, 0));
    http_reply_header(g->request, "Retry-After", seconds);
    error_set(&late, ERROR_TOO_MANY_REQUESTS, "too many wrong %s; wait %s seconds", g->what,
              seconds);
    reply_error(g->request, &late);
}

void
guesses_ask(struct guesses *g)
{
    struct parameters p = parameters_new(&g->request->arena);

    parameter_text(&p, g->subject);
    pipeline_ask(g->app->read, SQL_attempt_wait, &p, on_wait, g);
}

static void
on_noted(void *arg, const PGresult *res, const struct error *e)
{
    struct guesses *g = arg;
    struct error wrong;

    (void)res;
    error_set(&wrong, ERROR_NOT_FOUND, "%s", g->wrong);
    reply_error(g->request, e ? e : &wrong);
}

void
guesses_note(struct guesses *g)
{
    struct parameters p = parameters_new(&g->request->arena);

    parameter_text(&p, g->subject);
    parameter_int(&p, GUESSES_FREE);
    parameter_int(&p, GUESS_WAIT_MOST);
    pipeline_ask(g->app->read, SQL_attempt_failed, &p, on_noted, g);
}
