/* SPDX-License-Identifier: Apache-2.0 */
/* What supervisors recorded as outages, taken to every open case of the hall. */
#include "daemon/outages.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/require.h"
#include "daemon/ask.h"
#include "daemon/rounds.h"
#include "daemon/sweep.h"
#include "machine/outage.h"

/* Columns of outage_next. */
enum {
    O_ID,
    O_DISTRICT,
    O_SINCE,
    O_UNTIL,
    O_REASON,
    O_DOCUMENT,
    O_ACCOUNT,
    O_ANNULLED,
    O_ANNULMENT,
    O_ANNULLED_BY
};

enum { UNREACHED_MOST = 100 }; /* cases that are named; all are counted */

/* Openings wait behind who waits for one of them: for less than what they wait at most, as set. */
enum { AWAIT_MS = 1000 };

struct outages {
    const struct settings *s;
    struct rounds *rounds;
    struct asker *asker; /* the thread's; it holds the lock of who leads */
    bool retried;        /* those that some cases could not take were asked for again: once */
    bool troubled;       /* and the log says so */
    pthread_mutex_t mutex;
    const struct calendar *calendar; /* under the mutex */
};

/* One outage on its way to the cases, or back from them. */
struct job {
    struct rounds *rounds;
    struct arena arena;
    bool leads, found;
    bool annuls;   /* it was none, and comes to no further case */
    bool asking;   /* whether it still holds: an answer is to come */
    bool annulled; /* meanwhile */
    struct arena question;
    struct outage outage;
    const char *district;
    struct actor actor;
    struct command command;
    int64_t cases, refused;
    const char *trouble;
    struct text unreached; /* items of a JSON array */
};

/* --- the cases --- */

static bool
concerns(const struct job *j, const char *district)
{
    return !strcmp(j->district, "*") || !strcmp(j->district, district);
}

static void
on_annulled(void *arg, const PGresult *res, const struct error *e)
{
    struct job *j = arg;

    j->asking = false;
    j->annulled = j->annulled || (!e && PQntuples(res) && row_int(res, 0, 0) != 0);
    arena_reset(&j->question);
}

/* Beside the work, one question at a time. */
static void
ask_whether_it_holds(struct sweep *s, struct job *j)
{
    struct parameters p = parameters_new(&j->question);

    if (j->annuls || j->asking)
        return;
    j->asking = true;
    parameter_int(&p, s->settings->database_cell);
    parameter_int(&p, j->outage.number);
    pipeline_ask(worker_read(s->worker), SQL_outage_annulled, &p, on_annulled, j);
}

static bool
look(struct sweep *s, struct sweep_case *c, instant now)
{
    struct job *j = s->arg;
    const struct case_state *is = c->row.c;
    const int32_t number = j->outage.number;

    (void)now;
    ask_whether_it_holds(s, j);
    c->order.command = j->command;
    if (j->annuls ? case_annuls_outage(is, number)
                  : concerns(j, is->district) && case_suffers(is, &j->outage))
        return true;
    s->looked++;
    j->cases += case_knows_outage(is, number);
    return false;
}

/* It is told by its number, and the others go on. */
static void
leave_out(struct job *j, const struct sweep_case *c, const struct error *e)
{
    struct text *t = &j->unreached;

    j->trouble = arena_printf(&j->arena, "%s: %s", c->row.number, e->detail);
    if (j->refused++ >= UNREACHED_MOST)
        return;
    put_open(t, '{');
    put_member_string(t, "case", c->row.number);
    put_member_string(t, "why", e->detail);
    put_close(t, '}');
}

static void
unread(struct sweep *s, struct sweep_case *c, const struct error *e)
{
    s->looked++;
    if (concerns(s->arg, c->district))
        leave_out(s->arg, c, e);
}

static void
told(struct sweep *s, struct sweep_case *c)
{
    struct job *j = s->arg;
    const struct error *e = &c->order.error;

    ask_whether_it_holds(s, j);
    s->looked++;
    if (!e->code)
        j->cases++;
    else if (e->code != ERROR_FORBIDDEN) /* it is another district's by now */
        leave_out(j, c, e);
}

static void
prepare(struct sweep *s)
{
    sweep_go(s, 0);
}

static bool
stopped(struct sweep *s)
{
    const struct job *j = s->arg;

    return j->annulled || rounds_ended(j->rounds);
}

static bool
go_over(struct outages *o, struct job *j, struct error *e)
{
    struct house house = {.calendar = NULL};
    struct sweep s = {.name = "outage",
                      .settings = o->s,
                      .house = &house,
                      .actor = &j->actor,
                      .arg = j,
                      .prepare = prepare,
                      .look = look,
                      .told = told,
                      .unread = unread,
                      .stopped = stopped};

    require(pthread_mutex_lock(&o->mutex) == 0);
    house.calendar = o->calendar;
    require(pthread_mutex_unlock(&o->mutex) == 0);
    return sweep_run(&s, e);
}

/* --- the list of outages --- */

static void
on_lead(void *arg, const PGresult *res)
{
    ((struct job *)arg)->leads = row_int(res, 0, 0) != 0;
}

static const char *
copied(struct job *j, const PGresult *res, int column)
{
    const char *text = row_text(res, 0, column);

    return text ? arena_strdup(&j->arena, text) : NULL;
}

/* Who takes back what was his hall's reaches every case that has it, wherever that is by now. */
static void
on_next(void *arg, const PGresult *res)
{
    static const char *const role[] = {"supervisor"};
    struct job *j = arg;

    j->found = PQntuples(res) > 0;
    if (!j->found)
        return;
    j->outage = (struct outage){.number = (int32_t)row_int(res, 0, O_ID),
                                .from = row_instant(res, 0, O_SINCE),
                                .to = row_instant(res, 0, O_UNTIL)};
    j->annuls = row_instant(res, 0, O_ANNULLED) != INSTANT_NONE;
    j->district = copied(j, res, O_DISTRICT);
    j->actor = (struct actor){.id = copied(j, res, j->annuls ? O_ANNULLED_BY : O_ACCOUNT),
                              .role = role,
                              .n_role = 1,
                              .district = j->annuls ? "*" : j->district};
    j->command = (struct command){.kind = COMMAND_OUTAGE,
                                  .number = j->outage.number,
                                  .from = j->outage.from,
                                  .until = j->outage.to,
                                  .reason = copied(j, res, O_REASON),
                                  .document = copied(j, res, O_DOCUMENT)};
    if (j->annuls)
        j->command = (struct command){.kind = COMMAND_ANNUL_OUTAGE,
                                      .number = j->outage.number,
                                      .reason = copied(j, res, O_ANNULMENT)};
}

/* What some cases could not take the last time, they can by now: a row was mended, or this release
 * knows its rules.  Each means all open cases: a connection that was lost is no reason. */
static bool
begin_to_lead(struct outages *o, struct job *j, struct error *e)
{
    struct parameters p = parameters_new(&j->arena);

    parameter_int(&p, o->s->database_cell);
    parameter_int(&p, 0);
    o->retried = o->retried || asker_ask(o->asker, SQL_outage_retry, &p, NULL, NULL, e);
    return o->retried;
}

/* Those that are being opened late have looked before it was recorded, or see it. */
static bool
await_openings(struct outages *o, struct job *j, struct error *e)
{
    struct parameters p = parameters_new(&j->arena);

    parameter_int(&p, o->s->database_cell);
    parameter_int(&p, AWAIT_MS);
    return asker_ask(o->asker, SQL_outage_await, &p, NULL, NULL, e);
}

static bool
find(struct outages *o, struct job *j, struct error *e)
{
    struct parameters lead = parameters_new(&j->arena), next = parameters_new(&j->arena);

    parameter_int(&lead, o->s->database_cell);
    parameter_int(&next, o->s->database_cell);
    if (!asker_ask(o->asker, SQL_outage_lead, &lead, on_lead, j, e))
        return false;
    return !j->leads ||
           (begin_to_lead(o, j, e) && asker_ask(o->asker, SQL_outage_next, &next, on_next, j, e));
}

static bool
close_one(struct outages *o, struct job *j, struct error *e)
{
    struct parameters p = parameters_new(&j->arena);

    parameter_int(&p, o->s->database_cell);
    parameter_int(&p, j->outage.number);
    parameter_int(&p, j->cases);
    parameter_int(&p, j->refused);
    parameter_text(&p, j->trouble);
    parameter_text(&p, j->refused ? arena_printf(&j->arena, "[%s]", j->unreached.at) : NULL);
    if (!asker_ask(o->asker, j->annuls ? SQL_outage_undone : SQL_outage_done, &p, NULL, NULL, e))
        return false;
    log_info(j->annuls ? "an outage is taken back from all open cases"
                       : "an outage has come to all open cases",
             log_int("outage", j->outage.number), log_str("district", j->district),
             log_int("cases", j->cases), log_int("refused", j->refused));
    if (j->refused)
        log_error(
            "an outage could not come to some cases", log_int("outage", j->outage.number),
            log_int("cases", j->refused), log_str("one", j->trouble),
            log_str("mend", "the case's row or its version; then retry the outage, or restart"));
    return true;
}

/* --- the thread --- */

/* @return false when there is none, or with @e. */
static bool
do_one(struct outages *o, struct rounds *r, struct error *e)
{
    struct job j = {.rounds = r};
    bool done;

    j.unreached = text_new(&j.arena);
    done = find(o, &j, e) && j.found && await_openings(o, &j, e) && go_over(o, &j, e) &&
           (j.annulled || close_one(o, &j, e));
    if (j.annulled) { /* taken back from those that have it is the next */
        *e = (struct error){0};
        done = true;
    }
    arena_release(&j.question);
    arena_release(&j.arena);
    return done;
}

static void
go_round(struct rounds *r, void *arg)
{
    struct outages *o = arg;
    struct error e = {0};

    if (!o->asker)
        o->asker = asker_open(o->s->database_conninfo, "onestop outages", &e);
    while (o->asker && !rounds_ended(r) && do_one(o, r, &e))
        ;
    if (e.code && !o->troubled && !rounds_ended(r))
        log_warn("outages are put off", log_error_fields(&e));
    o->troubled = e.code != ERROR_NONE;
    if (e.code && o->asker) {
        asker_close(o->asker);
        o->asker = NULL;
    }
}

struct outages *
outages_start(const struct settings *settings, const struct calendar *calendar)
{
    struct outages *o = calloc(1, sizeof(*o));

    require(o);
    o->s = settings;
    o->calendar = calendar;
    require(pthread_mutex_init(&o->mutex, NULL) == 0);
    o->rounds = rounds_start(SPAN_SECOND, go_round, o);
    return o;
}

void
outages_set_calendar(struct outages *o, const struct calendar *calendar)
{
    require(pthread_mutex_lock(&o->mutex) == 0);
    o->calendar = calendar;
    require(pthread_mutex_unlock(&o->mutex) == 0);
}

void
outages_stop(struct outages *o)
{
    if (!o)
        return;
    rounds_stop(o->rounds);
    if (o->asker)
        asker_close(o->asker);
    (void)pthread_mutex_destroy(&o->mutex);
    free(o);
}
