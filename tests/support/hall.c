/* SPDX-License-Identifier: Apache-2.0 */
/* A hall for database tests. */
#include "tests/support/hall.h"

#include <event2/event.h>
#include <libpq-fe.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "definition/json.h"
#include "store/rows.h"

struct hall hall;

/* In the order a definition is written in; no test depends on more than this. */
static const char definition[] =
    "{\"id\":\"small-permit\",\"title\":{\"zh\":\"小证\",\"en\":\"Small permit\"},"
    "\"effective\":{\"from\":\"2022-01-01\"},\"lead\":\"hall\",\"applicant\":[\"enterprise\"],"
    "\"openBy\":[\"window\"],\"key\":\"name\","
    "\"form\":{\"type\":\"object\",\"required\":[\"name\"],"
    "\"properties\":{\"name\":{\"type\":\"string\",\"minLength\":1}}},"
    "\"clocks\":{\"promised\":{\"kind\":\"promised\",\"title\":{\"zh\":\"时限\",\"en\":\"Limit\"},"
    "\"limit\":\"60 minutes\",\"from\":\"opened\",\"to\":\"closed\"}},"
    "\"start\":\"accept\",\"steps\":{"
    "\"accept\":{\"title\":{\"zh\":\"受理\",\"en\":\"Accept\"},\"by\":\"window\",\"public\":"
    "\"received\","
    "\"limit\":\"10 minutes\",\"on\":{\"filed\":{\"from\":\"archive\",\"to\":\"review\"},"
    "\"hint\":{\"from\":\"archive\"}},\"actions\":{"
    "\"accept\":{\"title\":{\"zh\":\"受理\",\"en\":\"Accept\"},\"to\":\"review\"},"
    "\"note\":{\"title\":{\"zh\":\"记\",\"en\":\"Note\"},"
    "\"do\":[{\"set\":{\"form.name\":\"noted\"}},{\"send\":\"archive\",\"data\":\"noted\"}]}}},"
    "\"review\":{\"title\":{\"zh\":\"审\",\"en\":\"Review\"},\"by\":\"registrar\",\"limit\":\"20 "
    "minutes\","
    "\"actions\":{\"back\":{\"title\":{\"zh\":\"退\",\"en\":\"Back\"},\"to\":\"accept\"},"
    "\"grant\":{\"title\":{\"zh\":\"准\",\"en\":\"Grant\"},\"to\":\"granted\"}},"
    "\"after\":{\"30 minutes\":{\"to\":\"lapsed\"}}},"
    "\"granted\":{\"title\":{\"zh\":\"准\",\"en\":\"Granted\"},\"end\":\"granted\"},\"lapsed\":{"
    "\"title\":{\"zh\":\"失效\",\"en\":\"Lapsed\"},\"end\":\"lapsed\"}}}";

static const char *const roles[] = {"window", "supervisor", "registrar"};
static const struct opening opening = {.district = "370102", .applicant_kind = "enterprise"};

void
hall_define(struct hall *h, const char *text)
{
    struct problems problems = {.arena = &h->arena};
    struct error e = {0};
    struct value source;

    if (!json_read(&h->arena, text, strlen(text), true, &source, &e))
        fail_msg("%s", e.detail);
    if (!definition_read(&h->arena, &source, "definition.json", NULL, h->calendar, &h->workflow,
                         &problems)) {
        for (uint32_t i = 0; i < problems.n; i++)
            print_error("%s: %s\n", problems.item[i].pointer, problems.item[i].text);
        fail_msg("the definition has problems");
    }
}

/* So that the loop turns though nothing happens: tests ask the database in between. */
static void
on_heartbeat(evutil_socket_t fd, short what, void *arg)
{
    (void)fd;
    (void)what;
    (void)arg;
}

/* The machine's clock as far as the batches know. */
static struct hall *current;

static instant
hall_monotonic(void)
{
    return current->monotonic;
}

static void
on_stepping(void *arg, struct batch *b, const char *step)
{
    struct hall *h = arg;

    if (h->stepping)
        h->stepping(h, b, step);
}

static void
on_changed(void *arg, bool ready)
{
    struct desk_of_batch *s = arg;

    if (s->batch)
        batch_connection_changed(s->batch, ready);
}

static void
on_editions(void *arg)
{
    struct desk_of_batch *s = arg;

    batch_editions_changed(s->batch);
    inbox_editions_changed(s->inbox);
}

void
hall_open_side(struct hall *h, int side)
{
    struct desk_of_batch *s = &h->side[side];
    struct pipeline_options o = {.conninfo = "", .name = "test", .use = PIPELINE_READ};

    s->read = pipeline_open(h->base, &o);
    o.use = PIPELINE_BATCH;
    o.changed = on_changed;
    o.arg = s;
    s->write = pipeline_open(h->base, &o);
    s->catalogue = catalogue_new(s->read, on_editions, s);
    calendars_use(catalogue_calendars(s->catalogue), h->calendar);
    s->batch = batch_new(h->base, &(struct batch_options){.pipeline = s->write,
                                                          .catalogue = s->catalogue,
                                                          .lock_timeout = SPAN_SECOND / 5,
                                                          .deadline = h->deadline,
                                                          .monotonic = hall_monotonic,
                                                          .stepping = on_stepping,
                                                          .arg = h});
    s->inbox = inbox_new(
        &(struct inbox_options){.read = s->read, .batch = s->batch, .catalogue = s->catalogue});
    hall_until(h, hall_is_ready);
}

void
hall_close_side(struct hall *h, int side)
{
    struct desk_of_batch *s = &h->side[side];

    if (!s->batch)
        return;
    pipeline_close(s->write);
    pipeline_close(s->read);
    batch_free(s->batch);
    inbox_free(s->inbox);
    catalogue_free(s->catalogue);
    *s = (struct desk_of_batch){0};
}

void
hall_open(struct hall *h)
{
    const struct timeval beat = {.tv_usec = 2000};
    struct error e = {0};

    *h = (struct hall){.base = event_base_new()};
    current = h;
    h->heartbeat = event_new(h->base, -1, EV_PERSIST, on_heartbeat, NULL);
    event_add(h->heartbeat, &beat);
    if (!calendar_load(&h->arena, "workflows/calendar", NULL, &h->calendar, &e))
        fail_msg("%s", e.detail);
    hall_define(h, definition);
    sql("INSERT INTO test_clock (real, virtual, rate) VALUES (clock_timestamp(), '%s', 0)"
        " ON CONFLICT DO NOTHING",
        HALL_START);
    hall_open_side(h, 0);
}

void
hall_close(struct hall *h)
{
    for (int i = 0; i < HALLS; i++)
        hall_close_side(h, i);
    event_free(h->heartbeat);
    event_base_free(h->base);
    arena_release(&h->arena);
    digest_release();
}

bool
hall_is_ready(struct hall *h)
{
    for (int i = 0; i < HALLS; i++) {
        const struct desk_of_batch *s = &h->side[i];

        if (s->batch && !(pipeline_ready(s->write) && pipeline_ready(s->read) &&
                          calendars_keep(catalogue_calendars(s->catalogue)) &&
                          batch_idle(s->batch) && catalogue_settled(s->catalogue)))
            return false;
    }
    return true;
}

void
hall_until(struct hall *h, bool (*ready)(struct hall *h))
{
    for (int turn = 0; !ready(h); turn++) {
        if (turn > 100000 || event_base_loop(h->base, EVLOOP_ONCE) != 0)
            fail_msg("nothing happens any more");
    }
}

void
hall_wait(struct hall *h, const struct errand *e, int n)
{
    int answered = 0;

    for (int turn = 0; answered < n; turn++) {
        if (turn > 100000 || event_base_loop(h->base, EVLOOP_ONCE) != 0)
            fail_msg("%d of %d errands were answered", answered, n);
        answered = 0;
        for (int i = 0; i < n; i++)
            answered += e[i].calls > 0;
    }
}

static struct {
    bool answered;
    int64_t first;
} reply_seen;

static void
on_reply(void *arg, const PGresult *res, const struct error *e)
{
    (void)arg;
    if (e)
        fail_msg("%s %s", e->detail, e->sqlstate);
    reply_seen.answered = true;
    reply_seen.first = INT64_MIN;
    if (PQntuples(res) && PQftype(res, 0) == 1184)
        reply_seen.first = row_instant(res, 0, 0);
    else if (PQntuples(res))
        reply_seen.first = row_int(res, 0, 0);
}

static bool
reply_is_here(struct hall *h)
{
    (void)h;
    return reply_seen.answered;
}

int64_t
hall_ask(struct hall *h, enum statement_id s, const struct parameters *v)
{
    reply_seen.answered = false;
    pipeline_ask(h->side[0].read, s, v, on_reply, NULL);
    hall_until(h, reply_is_here);
    return reply_seen.first;
}

static void
on_done(struct order *o)
{
    struct errand *e = o->arg;

    e->calls++;
    e->error = o->error;
    e->status = o->reply.status;
    e->replayed = o->reply.replayed;
    e->case_id = o->reply.case_id;
    e->revision_seen = o->seen ? o->seen->revision : -1;
    (void)snprintf(e->etag, sizeof(e->etag), "%s", o->reply.etag ? o->reply.etag : "");
    (void)snprintf(e->body, sizeof(e->body), "%s", o->reply.body ? o->reply.body : "");
}

static void
on_answer(const struct order *o, const struct decision *d, struct arena *a, struct reply *r)
{
    struct text t = text_new(a);

    put_open(&t, '{');
    put_member_int(&t, "id", d->c->id);
    put_member_string(&t, "number", d->c->number);
    put_member_string(&t, "query", d->query_code);
    put_member_int(&t, "revision", d->c->revision);
    put_close(&t, '}');
    r->status = o->case_id ? 200 : 201;
    r->etag = arena_printf(a, "c%lld", (long long)d->c->revision);
    r->body = t.at;
}

/* What all errands have in common. */
static void
errand_start(struct errand *e, enum command_kind kind, const char *key)
{
    static const char form[] = "name";
    static const struct member name = {.name = form,
                                       .name_len = sizeof(form) - 1,
                                       .value = {.kind = VALUE_STRING, .n = 1, .string = "x"}};

    *e = (struct errand){.revision_seen = -1};
    e->order.command = (struct command){.kind = kind,
                                        .actor = {.id = "clerk-1",
                                                  .role = roles,
                                                  .n_role = 3,
                                                  .department = "hall",
                                                  .district = "*"},
                                        .revision = -1};
    if (kind == COMMAND_OPEN)
        e->order.command.input = (struct value){.kind = VALUE_OBJECT, .n = 1, .member = &name};
    e->order.principal = "clerk-1";
    e->order.key = key;
    e->order.answer = on_answer;
    e->order.done = on_done;
    e->order.arg = e;
}

void
errand_open(struct errand *e, const struct hall *h, const char *key)
{
    errand_start(e, COMMAND_OPEN, key);
    e->order.workflow = h->workflow;
    e->order.command.opening = &opening;
    e->order.party = "91370102MA3C1234X5";
}

void
errand_act(struct errand *e, int64_t case_id, const char *action, const char *key)
{
    errand_start(e, COMMAND_ACT, key);
    e->order.case_id = case_id;
    e->order.command.action = action;
}

void
errand_alarm(struct errand *e, int64_t case_id)
{
    errand_start(e, COMMAND_ALARM, NULL);
    e->order.command.actor = (struct actor){.id = "engine"};
    e->order.case_id = case_id;
}

void
hall_send(struct hall *h, int side, struct errand *e)
{
    batch_submit(h->side[side].batch, &e->order);
}

void
hall_do(struct hall *h, struct errand *e)
{
    hall_send(h, 0, e);
    hall_wait(h, e, 1);
}

int64_t
hall_case(struct hall *h)
{
    struct errand e;

    errand_open(&e, h, NULL);
    hall_do(h, &e);
    if (e.error.code)
        fail_msg("%s: %s", error_name(e.error.code), e.error.detail);
    return e.case_id;
}

static const char *
run_sql(const char *conninfo, const char *text)
{
    static char answer[4096];
    PGconn *c = PQconnectdb(conninfo);
    PGresult *r = PQexec(c, text);
    const ExecStatusType status = PQresultStatus(r);

    answer[0] = 0;
    if (status == PGRES_TUPLES_OK && PQntuples(r) > 0)
        (void)snprintf(answer, sizeof(answer), "%s", PQgetvalue(r, 0, 0));
    else if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK)
        (void)snprintf(answer, sizeof(answer), "error: %s", PQerrorMessage(c));
    PQclear(r);
    PQfinish(c);
    return answer;
}

const char *
sql_as_admin(const char *text)
{
    return run_sql("user=postgres dbname=postgres", text);
}

const char *
sql(const char *text, ...)
{
    char full[4096];
    va_list ap;

    va_start(ap, text);
    (void)vsnprintf(full, sizeof(full), text, ap);
    va_end(ap);
    return run_sql("", full);
}

int64_t
sql_int(const char *text, ...)
{
    char full[4096];
    const char *answer;
    va_list ap;
    char *end;
    int64_t n;

    va_start(ap, text);
    (void)vsnprintf(full, sizeof(full), text, ap);
    va_end(ap);
    answer = run_sql("", full);
    n = strtoll(answer, &end, 10);
    if (end == answer)
        fail_msg("%s: no number: %s", full, answer);
    return n;
}

void
hall_set_time(const char *rfc3339)
{
    sql("UPDATE test_clock SET virtual = '%s', real = clock_timestamp()", rfc3339);
}

int
hall_set_up(void **state)
{
    (void)state;
    hall_open(&hall);
    return 0;
}

int
hall_tear_down(void **state)
{
    (void)state;
    hall_close(&hall);
    return 0;
}
