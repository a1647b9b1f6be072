/* SPDX-License-Identifier: Apache-2.0 */
/* What cases say to one another, put into batches. */
#include "runtime/relays.h"

#include <event2/event.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/require.h"
#include "definition/json.h"
#include "runtime/settling.h"
#include "store/rows.h"

enum { NAME_MOST = 200 }; /* characters of an applicant's, as the interface takes it */

enum { IN_FLIGHT = 64, INTERVAL_US = 100 * 1000 };

/* Columns of relay_due. */
enum {
    R_ID,
    R_CASE,
    R_SOURCE,
    R_CHILD,
    R_WHAT,
    R_BODY,
    R_NUMBER,
    R_DISTRICT,
    R_KIND,
    R_PARTY,
    R_APPLICANT,
    R_QUERY,
    R_FOLLOWS,
    R_CLAIMED
};

/* One of them in a batch. */
struct errand {
    struct relays *of;
    struct arena arena;
    struct opening opening;
    struct order order;
};

/* Somebody who waits for the alarms first. */
struct after_alarms {
    struct relays *of;
    void (*settled)(void *arg);
    void *arg;
};

struct relays {
    struct relays_options o;
    struct event *timer;
    uint32_t n_flying;
    bool asking, stopped;
    bool found; /* in this look */
    struct settling *settling;
};

static void look(struct relays *r);

static void
wait_for_next(struct relays *r)
{
    const struct timeval tv = {.tv_usec = INTERVAL_US};

    if (!r->stopped)
        require(event_add(r->timer, &tv) == 0);
}

/* Everything of the last look is through. */
static void
looked(struct relays *r)
{
    const bool again = r->found && !r->stopped;

    r->found = false;
    if (again) {
        look(r);
        return;
    }
    wait_for_next(r);
    settling_tell(&r->settling);
}

static void
on_done(struct order *m)
{
    struct errand *x = m->arg;
    struct relays *r = x->of;

    if (m->error.code == ERROR_STORE_BUSY || m->error.code == ERROR_OVERLOADED ||
        m->error.code == ERROR_NEWER_RULES || m->error.code == ERROR_INTERNAL ||
        m->error.code == ERROR_STORE_FAILED || m->error.code == ERROR_BAD_JSON)
        r->found = false; /* still there at the next look, which is not at once */
    arena_release(&x->arena);
    free(x);
    if (--r->n_flying == 0 && !r->asking)
        looked(r);
}

static const char *
kept(struct errand *x, const PGresult *res, int row, int column)
{
    const char *text = row_text(res, row, column);

    return text ? arena_strdup(&x->arena, text) : NULL;
}

static void
on_failed(void *arg, const PGresult *res, const struct error *e)
{
    (void)arg;
    (void)res;
    if (e)
        log_warn("a relay cannot be turned back", log_str("why", e->detail));
}

static void
turn_back(struct relays *r, int64_t id, const char *why)
{
    struct arena a = {0};
    struct parameters v = parameters_new(&a);
    struct text body = text_new(&a);

    put_open(&body, '{');
    put_member_string(&body, "outcome", "failed");
    put_member_string(&body, "why", why);
    put_close(&body, '}');
    parameter_int(&v, r->o.cell);
    parameter_int(&v, id);
    parameter_text(&v, body.at);
    pipeline_ask(r->o.read, SQL_relay_fail, &v, on_failed, r);
    arena_release(&a);
}

/* What was asked for before generations were counted is the first. */
static int32_t
generation_of(const struct value *body)
{
    const struct value *v = value_get(body, "generation");

    if (!v || v->kind != VALUE_INT || v->integer < 1)
        return 1;
    return v->integer > GENERATIONS_MOST ? GENERATIONS_MOST + 1 : (int32_t)v->integer;
}

/*
 * The parent's applicant, who follows the child with the code he has, or will get: who asks is held
 * against the code of the case that is followed (api/lookup.c).  The hash that is copied here is
 * for daemons of the release before, which hold him against it.
 */
static void
read_same(struct errand *x, const PGresult *res, int row)
{
    const void *query;
    size_t len;

    x->opening.applicant_kind = kept(x, res, row, R_KIND);
    x->opening.claimed = row_int(res, row, R_CLAIMED) != 0;
    x->order.party = kept(x, res, row, R_PARTY);
    x->order.applicant = kept(x, res, row, R_APPLICANT);
    query = row_bytes(res, row, R_QUERY, &len);
    require(len == HASH_BYTES);
    x->order.query = arena_copy(&x->arena, query, len);
    x->order.follows = kept(x, res, row, R_FOLLOWS);
}

/* Another, whom the parent names; nobody has a code until somebody has looked who he is. */
static bool
read_other(struct errand *x, const struct value *applicant)
{
    const struct value *name = value_get(applicant, "name");

    if (!name || name->kind != VALUE_STRING || !name->n || value_characters(name) > NAME_MOST)
        return false;
    x->opening.applicant_kind = value_get_string(applicant, "kind");
    x->opening.named = true;
    x->order.party = value_get_string(applicant, "code");
    x->order.applicant = name->string;
    return true;
}

/* A child that is to be opened: in the parent's district. */
static bool
read_opening(struct errand *x, const PGresult *res, int row, const struct value *body)
{
    struct relays *r = x->of;
    const struct value *form = value_get(body, "form"), *applicant = value_get(body, "applicant");
    const char *workflow = value_get_string(body, applicant ? "opens" : "workflow");
    const char *number = kept(x, res, row, R_NUMBER), *district = kept(x, res, row, R_DISTRICT);

    x->order.workflow = workflow ? r->o.workflow(r->o.arg, workflow, district) : NULL;
    if (!x->order.workflow) {
        turn_back(r, x->order.relay,
                  arena_printf(&x->arena, "workflow_unknown: no workflow %.60s is in force",
                               workflow ? workflow : "?"));
        return false;
    }
    x->opening = (struct opening){.district = district,
                                  .parent = {.case_id = row_int(res, row, R_SOURCE),
                                             .case_number = number,
                                             .listens = value_get(body, "listens") != NULL,
                                             .child = (int32_t)row_int(res, row, R_CHILD),
                                             .generation = generation_of(body)}};
    x->order.command = (struct command){.kind = COMMAND_OPEN,
                                        .actor = {.id = number},
                                        .revision = -1,
                                        .opening = &x->opening,
                                        .input = form ? *form : value_null()};
    if (!applicant) {
        read_same(x, res, row);
        return true;
    }
    if (read_other(x, applicant))
        return true;
    turn_back(
        r, x->order.relay,
        arena_printf(&x->arena, "form_invalid: /applicant/name has 1 to %d characters", NAME_MOST));
    return false;
}

static bool
read_relay(struct errand *x, const PGresult *res, int row)
{
    const char *body = kept(x, res, row, R_BODY);
    struct value v;
    struct error e;

    x->order = (struct order){.case_id = row_int(res, row, R_CASE),
                              .principal = "relay",
                              .relay = row_int(res, row, R_ID),
                              .bytes = strlen(body),
                              .done = on_done,
                              .arg = x};
    if (!json_read_stored(&x->arena, body, strlen(body), &v, &e)) {
        log_error("a relay cannot be read", log_int("relay", x->order.relay));
        return false;
    }
    if (!x->order.case_id)
        return read_opening(x, res, row, &v);
    x->order.command = (struct command){.kind = COMMAND_RELAY,
                                        .actor = {.id = kept(x, res, row, R_NUMBER)},
                                        .action = kept(x, res, row, R_WHAT),
                                        .revision = -1,
                                        .number = (int32_t)row_int(res, row, R_CHILD),
                                        .input = v};
    return true;
}

static void
put_in(struct relays *r, const PGresult *res, int row)
{
    struct errand *x = calloc(1, sizeof(*x));

    require(x != NULL);
    x->of = r;
    if (!read_relay(x, res, row)) {
        arena_release(&x->arena);
        free(x);
        return;
    }
    r->n_flying++;
    r->found = true;
    batch_submit(r->o.batch, &x->order);
}

static void
on_due(void *arg, const PGresult *res, const struct error *e)
{
    struct relays *r = arg;
    const int n = e ? 0 : PQntuples(res);

    r->asking = false;
    r->found = false;
    for (int row = 0; row < n && !r->stopped; row++)
        put_in(r, res, row);
    if (r->n_flying == 0)
        looked(r);
}

static void
look(struct relays *r)
{
    struct arena a = {0};
    struct parameters v = parameters_new(&a);

    if (r->asking || r->n_flying)
        return; /* looked() goes on when they are through */
    r->asking = true;
    event_del(r->timer);
    parameter_int(&v, r->o.cell);
    parameter_int(&v, IN_FLIGHT);
    pipeline_ask(r->o.read, SQL_relay_due, &v, on_due, r);
    arena_release(&a);
}

static void
on_timer(evutil_socket_t fd, short what, void *arg)
{
    (void)fd;
    (void)what;
    look(arg);
}

struct relays *
relays_new(struct event_base *base, const struct relays_options *options)
{
    struct relays *r = calloc(1, sizeof(*r));

    require(r != NULL);
    r->o = *options;
    r->timer = event_new(base, -1, 0, on_timer, r);
    require(r->timer != NULL);
    wait_for_next(r);
    return r;
}

void
relays_free(struct relays *r)
{
    if (!r)
        return;
    settling_tell(&r->settling);
    event_free(r->timer);
    free(r);
}

void
relays_stop(struct relays *r)
{
    if (!r)
        return;
    r->stopped = true;
    event_del(r->timer);
}

static void
on_alarms_settled(void *arg)
{
    struct after_alarms *s = arg;
    struct relays *r = s->of;

    settling_add(&r->settling, s->settled, s->arg);
    free(s);
    if (r->stopped)
        settling_tell(&r->settling);
    else
        look(r);
}

void
relays_settle_after(struct relays *r, struct alarms *alarms, void (*settled)(void *arg), void *arg)
{
    struct after_alarms *s = malloc(sizeof(*s));

    require(s != NULL);
    *s = (struct after_alarms){.of = r, .settled = settled, .arg = arg};
    alarms_settle(alarms, on_alarms_settled, s);
}
