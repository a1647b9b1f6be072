/* SPDX-License-Identifier: Apache-2.0 */
/* What cases say to one another, put into batches. */
#include "runtime/relays.h"

#include <event2/event.h>
#include <stdlib.h>
#include <string.h>

#include "base/require.h"
#include "definition/json.h"
#include "runtime/failing.h"
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

/* One of them in a batch, or on its way back. */
struct errand {
    struct relays *of;
    struct errand *next; /* of those under way */
    struct failing_topic topic;
    bool unreadable;
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
    struct failing *failing;
    struct errand *flying;
    int most; /* asked for */
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

/* It is through: gone, or for @e (else NULL) it stays. */
static void
end(struct errand *x, const struct error *e)
{
    struct relays *r = x->of;
    struct errand **at = &r->flying;

    while (*at != x)
        at = &(*at)->next;
    *at = x->next;
    if (!e)
        failing_over(r->failing, x->order.relay);
    else if (!failing_put_off(r->failing, x->order.relay, &x->topic, e))
        r->found = false; /* still there at the next look, which is not at once */
    arena_release(&x->arena);
    free(x);
}

static void
on_done(struct order *m)
{
    struct errand *x = m->arg;
    struct relays *r = x->of;

    end(x, m->error.code && !m->heard ? &m->error : NULL);
    if (!r->flying && !r->asking)
        looked(r);
}

static const char *
kept(struct errand *x, const PGresult *res, int row, int column)
{
    const char *text = row_text(res, row, column);

    return text ? arena_strdup(&x->arena, text) : NULL;
}

static void
on_turned_back(void *arg, const PGresult *res, const struct error *e)
{
    struct errand *x = arg;
    struct relays *r = x->of;
    const struct error told = e ? error_told(e) : (struct error){0};

    if (res && !PQntuples(res))
        r->found = false; /* another daemon has it in hand */
    end(x, e ? &told : NULL);
    if (!r->flying && !r->asking)
        looked(r);
}

/* What cannot even be tried: its parent hears it, and at once. */
static void
turn_back(struct errand *x, const char *why)
{
    struct relays *r = x->of;
    struct parameters v = parameters_new(&x->arena);
    struct text body = text_new(&x->arena);

    put_open(&body, '{');
    put_member_string(&body, "outcome", "failed");
    put_member_string(&body, "why", why);
    put_close(&body, '}');
    parameter_int(&v, r->o.cell);
    parameter_int(&v, x->order.relay);
    parameter_text(&v, body.at);
    pipeline_ask(r->o.read, SQL_relay_fail, &v, on_turned_back, x);
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

/* A child that is to be opened: in the parent's district.  @return why that cannot be; NULL. */
static const char *
read_opening(struct errand *x, const PGresult *res, int row, const struct value *body)
{
    struct relays *r = x->of;
    const struct value *form = value_get(body, "form"), *applicant = value_get(body, "applicant");
    const char *workflow = value_get_string(body, applicant ? "opens" : "workflow");
    const char *number = kept(x, res, row, R_NUMBER), *district = kept(x, res, row, R_DISTRICT);

    x->order.workflow = workflow ? r->o.workflow(r->o.arg, workflow, district) : NULL;
    if (!x->order.workflow)
        return arena_printf(&x->arena, "workflow_unknown: no workflow %.60s is in force",
                            workflow ? workflow : "?");
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
    if (!applicant)
        read_same(x, res, row);
    else if (!read_other(x, applicant))
        return arena_printf(&x->arena, "form_invalid: /applicant/name has 1 to %d characters",
                            NAME_MOST);
    return NULL;
}

/* @return false with the order's error; true with *@why when it is one that is turned back. */
static bool
read_relay(struct errand *x, const PGresult *res, int row, const char **why)
{
    const char *body = kept(x, res, row, R_BODY);
    struct value v;

    x->order = (struct order){.case_id = row_int(res, row, R_CASE),
                              .principal = "relay",
                              .relay = row_int(res, row, R_ID),
                              .bytes = strlen(body),
                              .done = on_done,
                              .arg = x};
    if (!json_read_stored(&x->arena, body, strlen(body), &v, &x->order.error))
        return false;
    if (!x->order.case_id) {
        *why = read_opening(x, res, row, &v);
        return true;
    }
    x->order.command = (struct command){.kind = COMMAND_RELAY,
                                        .actor = {.id = kept(x, res, row, R_NUMBER)},
                                        .action = kept(x, res, row, R_WHAT),
                                        .revision = -1,
                                        .number = (int32_t)row_int(res, row, R_CHILD),
                                        .input = v};
    return true;
}

static struct failing_topic
topic_of(const PGresult *res, int row)
{
    return (struct failing_topic){.case_id = row_int(res, row, R_CASE),
                                  .source = row_int(res, row, R_SOURCE),
                                  .child = row_int(res, row, R_CHILD)};
}

static void
put_in(struct relays *r, const PGresult *res, int row)
{
    struct errand *x = calloc(1, sizeof(*x));
    const char *why = NULL;

    require(x != NULL);
    x->of = r;
    x->topic = topic_of(res, row);
    x->next = r->flying;
    r->flying = x;
    r->found = true;
    if (!read_relay(x, res, row, &why))
        x->unreadable = true;
    else if (why)
        turn_back(x, why);
    else
        batch_submit(r->o.batch, &x->order);
}

static bool
same_topic(const struct failing_topic *x, const struct failing_topic *y)
{
    return x->case_id == y->case_id && x->source == y->source && x->child == y->child;
}

/* One that was said before it, to the same and of the same, is under way. */
static bool
is_behind(const struct relays *r, const struct failing_topic *topic)
{
    for (const struct errand *x = r->flying; x; x = x->next)
        if (same_topic(&x->topic, topic))
            return true;
    return false;
}

/* Only when all of the answer has been gone through, for what came behind one of them waits. */
static void
end_unreadable(struct relays *r)
{
    struct errand *x = r->flying, *following;

    for (; x; x = following) {
        following = x->next;
        if (x->unreadable)
            end(x, &x->order.error);
    }
}

static void
on_due(void *arg, const PGresult *res, const struct error *e)
{
    struct relays *r = arg;
    const int n = e ? 0 : PQntuples(res);

    r->asking = false;
    r->found = false;
    for (int row = 0; row < n && !r->stopped; row++) {
        const struct failing_topic topic = topic_of(res, row);

        if (!failing_waits(r->failing, row_int(res, row, R_ID)) && !is_behind(r, &topic))
            put_in(r, res, row);
    }
    if (!e)
        failing_looked(r->failing, n < r->most);
    end_unreadable(r);
    if (!r->flying)
        looked(r);
}

static void
look(struct relays *r)
{
    struct arena a = {0};
    struct parameters v = parameters_new(&a);

    if (r->asking || r->flying)
        return; /* looked() goes on when they are through */
    r->asking = true;
    event_del(r->timer);
    parameter_int(&v, r->o.cell);
    r->most = IN_FLIGHT + (int)failing_n(r->failing);
    parameter_int(&v, r->most);
    failing_parameters(r->failing, &v);
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
    r->failing =
        failing_new(&(struct failing_options){.noun = "relay",
                                              .message = "what one case has to tell another fails",
                                              .n_failed = METRIC_relays_failed,
                                              .n_put_off = METRIC_failing_relays,
                                              .monotonic = options->monotonic});
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
    failing_free(r->failing);
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
