/* SPDX-License-Identifier: Apache-2.0 */
/* Two who could wait for one another in a circle. */
#include "tests/support/circle.h"

#include <libpq-fe.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "tests/support/hall.h"

static PGconn *holder;
static int awaited;
static struct talk *heard;

void
talk_heard(void *arg, const PGresult *res, const struct error *e)
{
    struct talk *t = arg;

    if (e && !t->error.code)
        t->error = *e;
    if (res)
        t->rows = PQresultStatus(res) == PGRES_TUPLES_OK
                      ? PQntuples(res)
                      : (int)strtol(PQcmdTuples((PGresult *)(uintptr_t)res), NULL, 10);
}

static void
on_over(void *arg, const PGresult *res, const struct error *e)
{
    struct talk *t = arg;

    (void)res;
    if (e && !t->error.code)
        t->error = *e;
    t->over++;
}

void
talk_sync(struct talk *t, struct pipeline *p)
{
    t->n++;
    pipeline_sync(p, on_over, t);
}

void
talk_ask(struct talk *t, struct pipeline *p, enum statement_id s, const struct parameters *v)
{
    pipeline_send(p, s, v, talk_heard, t);
    talk_sync(t, p);
}

void
talk_commit(struct talk *t, struct pipeline *p)
{
    pipeline_send_verb(p, PIPELINE_COMMIT, NULL, NULL);
    talk_sync(t, p);
    pipeline_send_verb(p, PIPELINE_ROLLBACK, NULL, NULL); /* of what was refused */
    talk_sync(t, p);
}

static bool
is_over(struct hall *h)
{
    (void)h;
    return heard->over == heard->n;
}

void
talk_wait(struct talk *t)
{
    heard = t;
    hall_until(&hall, is_over);
}

static void
say(const char *text)
{
    PGresult *r = PQexec(holder, text);
    const ExecStatusType status = PQresultStatus(r);

    PQclear(r);
    if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK)
        fail_msg("%s: %s", text, PQerrorMessage(holder));
}

void
circle_hold(const char *text, ...)
{
    char full[1024];
    va_list ap;

    va_start(ap, text);
    (void)vsnprintf(full, sizeof(full), text, ap);
    va_end(ap);
    circle_release(); /* of a test that has failed */
    holder = PQconnectdb("");
    say("BEGIN");
    say(full);
}

static bool
all_wait(struct hall *h)
{
    (void)h;
    return sql_int("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
                   " AND wait_event_type = 'Lock'") >= awaited;
}

void
circle_wait(int n)
{
    awaited = n;
    hall_until(&hall, all_wait);
}

static bool
all_wait_or_over(struct hall *h)
{
    return is_over(h) || all_wait(h);
}

void
circle_wait_or(int n, struct talk *t)
{
    awaited = n;
    heard = t;
    hall_until(&hall, all_wait_or_over);
}

void
circle_release(void)
{
    if (!holder)
        return;
    say("ROLLBACK");
    PQfinish(holder);
    holder = NULL;
}

int64_t
circle_deadlocks(void)
{
    return sql_int("SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()");
}
