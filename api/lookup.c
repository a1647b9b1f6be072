/* SPDX-License-Identifier: Apache-2.0 */
/* One case for a request: read, understood, and allowed to be seen. */
#include "api/lookup.h"

#include <openssl/crypto.h>
#include <string.h>

#include "api/guesses.h"
#include "api/purged.h"
#include "base/require.h"
#include "machine/mandates.h"
#include "machine/may.h"
#include "store/catalogue.h"
#include "store/number.h"

static void
refuse(struct lookup *l, enum error_code code, const char *what)
{
    struct error e;

    error_set(&e, code, "%s", what);
    reply_error(l->request, &e);
}

bool
lookup_concerns(const struct workflow *w, const struct session *s)
{
    const struct actor who = session_actor(s);
    struct error e;

    return may_look(w, NULL, &who, &e);
}

/*
 * The hall that received a case goes on facing its applicant wherever the work
 * is done (异地通办): it sees what it cannot change any more.
 */
static const char *
district_to_be_of(const struct session *s, const struct lookup *l)
{
    return number_received_in(l->number, s->district) ? NULL : l->row.c->district;
}

/* By a mandate, wherever the case is. */
static bool
may_as_agent(struct lookup *l, const struct mandate *m)
{
    struct error e;

    if (!l->topic || mandate_check(l->row.c, m, l->now, l->topic, NULL, &e))
        return true;
    reply_error(l->request, &e);
    return false;
}

/* First handlers follow their cases to the end, helpers those of whom they act for. */
static bool
may_see(struct lookup *l)
{
    const struct session *s = app_session(l->request);
    const struct case_state *c = l->row.c;
    struct error e = {0};
    struct actor who;

    if (l->mandate)
        return may_as_agent(l, case_mandate(c, l->mandate));
    if (l->code || l->anybody)
        return true;
    if (c->first.account && !strcmp(c->first.account, s->account))
        return true;
    who = session_actor(s);
    if (may_look(l->workflow, district_to_be_of(s, l), &who, &e))
        return true;
    who = machine_agent(c, &who, INSTANT_NONE);
    if (who.under)
        return may_as_agent(l, who.under);
    reply_error(l->request, &e);
    return false;
}

/* Without an error it is being fetched, and the look goes on when it is there. */
static void
wait_or_answer(struct lookup *l, const struct error *e)
{
    if (e->code) {
        reply_error(l->request, e);
        return;
    }
    l->next = l->app->waiting;
    l->app->waiting = l;
}

bool
lookup_knows(struct lookup *l, const struct case_state *c)
{
    struct error e = {0};

    if (calendars_know(catalogue_calendars(worker_catalogue(l->app->worker)), l->workflow, c, &e))
        return true;
    wait_or_answer(l, &e);
    return false;
}

static void
understand(struct lookup *l)
{
    struct error e = {0};
    const struct edition *edition =
        catalogue_edition(worker_catalogue(l->app->worker), l->row.definition, &e);

    const bool read =
        edition && (l->row.c || row_case_state(&l->row, edition->w, &l->request->arena, &e));

    if (!read) {
        wait_or_answer(l, &e);
        return;
    }
    l->workflow = edition->w;
    if (lookup_knows(l, l->row.c) && may_see(l))
        l->found(l);
}

void
lookup_editions_changed(struct app *app)
{
    struct lookup *l = app->waiting;

    app->waiting = NULL;
    while (l) {
        struct lookup *next = l->next;

        understand(l);
        l = next;
    }
}

/* Each wrong guess makes the next one wait longer, at whichever case of one code. */
static void
note_guess(struct lookup *l)
{
    guesses_note(l->guesses);
}

static void
find_agent(struct lookup *l, int64_t id, const char *number, pipeline_answer_fn *answer)
{
    struct parameters p = parameters_new(&l->request->arena);
    unsigned char hash[HASH_BYTES];

    query_code_hash(number, l->code, hash);
    parameter_int(&p, l->app->shared->settings->database_cell);
    parameter_int(&p, id);
    parameter_bytes(&p, hash, sizeof(hash));
    pipeline_ask(l->app->read, SQL_mandate_find, &p, answer, l);
}

/* Who acts in the case that is followed is shown this one, and has guessed nothing. */
static void
on_agent_elsewhere(void *arg, const PGresult *res, const struct error *e)
{
    struct lookup *l = arg;

    if (e)
        reply_error(l->request, e);
    else if (PQntuples(res) == 0)
        note_guess(l);
    else
        refuse(l, ERROR_MANDATE_SCOPE,
               arena_printf(&l->request->arena, "mandate %lld is of case %s, and of no other",
                            (long long)row_int(res, 0, 0), l->coded));
}

/* It is not the applicant's: perhaps that of somebody who acts for him. */
static void
on_agent(void *arg, const PGresult *res, const struct error *e)
{
    struct lookup *l = arg;

    if (e) {
        reply_error(l->request, e);
    } else if (PQntuples(res) > 0) {
        l->mandate = (int32_t)row_int(res, 0, 0);
        understand(l);
    } else if (l->followed) {
        find_agent(l, l->followed, l->coded, on_agent_elsewhere);
    } else {
        note_guess(l);
    }
}

static void
ask_agent(struct lookup *l)
{
    find_agent(l, l->id, l->number, on_agent);
}

static bool
code_fits(const struct lookup *l)
{
    unsigned char hash[HASH_BYTES];

    if (!l->query)
        return false;
    query_code_hash(l->coded, l->code, hash);
    return CRYPTO_memcmp(hash, l->query, sizeof(hash)) == 0;
}

/* There is no row: it never was, or its retention is over and who might have seen it is told. */
static void
tell_missing(struct lookup *l)
{
    const struct session *s = app_session(l->request);

    if (!l->purged)
        refuse(l, ERROR_NOT_FOUND, "there is no case of this number");
    else if (!l->code && !l->anybody && !session_sees(s, l->purged->district))
        refuse(l, ERROR_FORBIDDEN, "the case belongs to another district");
    else
        purged_reply(l->request, l->purged);
}

static void
try_code(void *arg)
{
    struct lookup *l = arg;

    if (!code_fits(l) && l->row.number)
        ask_agent(l);
    else if (!code_fits(l))
        note_guess(l);
    else if (l->row.number)
        understand(l);
    else
        tell_missing(l);
}

static void
ask_wait(struct lookup *l)
{
    struct arena *a = &l->request->arena;

    l->guesses = arena_new(a, struct guesses);
    *l->guesses = (struct guesses){.app = l->app,
                                   .request = l->request,
                                   .subject = arena_printf(a, "case %s", l->coded),
                                   .what = "query codes",
                                   .wrong = "no case has this number and query code",
                                   .then = try_code,
                                   .arg = l};
    guesses_ask(l->guesses);
}

static void
on_code(void *arg, const PGresult *res, const struct error *e)
{
    struct lookup *l = arg;
    const void *query;
    size_t len;

    if (e) {
        reply_error(l->request, e);
        return;
    }
    if (PQntuples(res) > 0) {
        query = row_bytes(res, 0, 0, &len);
        require(len == HASH_BYTES);
        l->query = arena_copy(&l->request->arena, query, len);
    }
    ask_wait(l);
}

/* A case that follows another has that one's code as it is now: it may be handed out late. */
static void
ask_code(struct lookup *l)
{
    struct parameters p = parameters_new(&l->request->arena);
    char number[NUMBER_TEXT];
    struct error e;

    if (!number_read(l->coded, number, &l->followed, &e)) {
        ask_wait(l);
        return;
    }
    parameter_int(&p, l->app->shared->settings->database_cell);
    parameter_int(&p, l->followed);
    parameter_text(&p, number);
    pipeline_ask(l->app->read, SQL_code_find, &p, on_code, l);
}

/* What a row has is of its own code; where it follows another that is a copy, which ages. */
static void
check_code(struct lookup *l)
{
    if (strcmp(l->coded, l->number) != 0) {
        ask_code(l);
        return;
    }
    l->query = l->row.number ? l->row.query : l->purged ? l->purged->query : NULL;
    ask_wait(l);
}

static void
go_on(struct lookup *l)
{
    if (l->code)
        check_code(l);
    else if (l->row.number)
        understand(l);
    else
        tell_missing(l);
}

static void
on_purged(void *arg, const PGresult *res, const struct error *e)
{
    struct lookup *l = arg;
    struct purged *p = arena_new(&l->request->arena, struct purged);

    if (e) {
        reply_error(l->request, e);
        return;
    }
    if (purged_read(res, &l->request->arena, p) && !strcmp(p->number, l->number)) {
        l->purged = p;
        l->coded = p->coded;
    }
    go_on(l);
}

static void
on_row(void *arg, const PGresult *res, const struct error *e)
{
    struct lookup *l = arg;
    const bool found = !e && PQntuples(res) > 0 && !strcmp(row_text(res, 0, 2), l->number);

    if (e) {
        reply_error(l->request, e);
        return;
    }
    if (!found) {
        purged_ask(l->app, &l->request->arena, l->id, on_purged, l);
        return;
    }
    l->row = row_case(res, 0, &l->request->arena);
    l->now = row_instant(res, 0, 11);
    if (row_text(res, 0, 12))
        l->coded = row_copy(res, 0, 12, &l->request->arena);
    for (int i = 0; i < 3; i++)
        l->first[i] = row_text(res, 0, 13 + i)
                          ? arena_strdup(&l->request->arena, row_text(res, 0, 13 + i))
                          : NULL;
    go_on(l);
}

static void
read_row(struct lookup *l)
{
    struct parameters p = parameters_new(&l->request->arena);

    parameter_int(&p, l->app->shared->settings->database_cell);
    parameter_int(&p, l->id);
    pipeline_ask(l->app->read, SQL_case_by_id, &p, on_row, l);
}

void
lookup_case(struct app *app, struct http_request *r, const char *code,
            void (*found)(struct lookup *l), void *arg)
{
    lookup_case_for(app, r, code, "progress", found, arg);
}

/* By its number in the path; NULL: it is none, and that is answered. */
static struct lookup *
lookup_new(struct app *app, struct http_request *r, void (*found)(struct lookup *l), void *arg)
{
    struct lookup *l = arena_new(&r->arena, struct lookup);
    struct error e;

    *l = (struct lookup){.app = app, .request = r, .found = found, .arg = arg, .coded = l->number};
    if (number_read(router_param(r, "number"), l->number, &l->id, &e))
        return l;
    reply_error(r, &e);
    return NULL;
}

void
lookup_case_for(struct app *app, struct http_request *r, const char *code, const char *topic,
                void (*found)(struct lookup *l), void *arg)
{
    struct lookup *l = lookup_new(app, r, found, arg);

    if (!l)
        return;
    l->code = code;
    l->topic = topic;
    l->anybody = !code && !r->session;
    read_row(l);
}

void
lookup_openly(struct app *app, struct http_request *r, void (*found)(struct lookup *l), void *arg)
{
    struct lookup *l = lookup_new(app, r, found, arg);

    if (!l)
        return;
    l->anybody = true;
    read_row(l);
}

const char *
lookup_code(struct http_request *r)
{
    const char *code = http_header(r, "query-code");
    struct error e;

    if (code && strlen(code) <= 16)
        return code;
    error_set(&e, ERROR_UNAUTHENTICATED,
              "send the query code that was handed out with the number in the header Query-Code");
    reply_error(r, &e);
    return NULL;
}

const char *
lookup_principal(const struct lookup *l)
{
    if (l->mandate)
        return arena_printf(&l->request->arena, "agent %d", l->mandate);
    return l->code ? "applicant" : app_session(l->request)->account;
}

struct sight
lookup_sight(const struct lookup *l)
{
    return (struct sight){.workflow = l->workflow,
                          .state = l->row.c,
                          .calendar = worker_calendar(l->app->worker),
                          .now = l->now,
                          .applicant_name = l->row.applicant,
                          .applicant_code = l->row.party,
                          .first_title = l->first[0],
                          .first_department = l->first[1],
                          .first_district = l->first[2],
                          .agent = l->agent,
                          .broken = l->broken,
                          .n_broken = l->n_broken,
                          .contradiction = l->contradiction,
                          .mandate = l->mandate};
}

enum colour
lookup_colour(struct app *app, const struct workflow *w, const struct case_state *c,
              const struct case_clock *k, instant now)
{
    struct calendars *calendars = catalogue_calendars(worker_catalogue(app->worker));
    enum colour colour = COLOUR_NONE;
    struct arena a = {0};
    struct error e;

    if (k && calendars_know(calendars, w, c, &e))
        colour = case_clock_colour(w, k, calendars_house(calendars), now, &a);
    arena_release(&a);
    return colour;
}
