/* SPDX-License-Identifier: Apache-2.0 */
/* What `onestop doctor` examines of what daemons do by themselves: is any of it left undone? */
#include "daemon/ask.h"
#include "daemon/doctor.h"
#include "store/rows.h"

enum { OVERDUE_S = 60 };

static const char mend[] =
    "Start a daemon; where one runs its log says of each why it fails: mend the row, or install "
    "the release that knows it, and restart the daemon, or it tries again within two hours.";

/* Columns of alarm_overdue and relay_overdue. */
enum { O_N, O_SINCE, O_CASE, O_RELAY };

struct overdue {
    struct findings *f;
    bool good;
};

/* How many there are, in words for a sentence; NULL: none, and all is well. */
static const char *
how_many(struct overdue *o, const PGresult *res)
{
    const int64_t n = row_int(res, 0, O_N);

    o->good = o->good && n == 0;
    return n ? arena_printf(o->f->arena, "%lld%s", (long long)n, n == 1000 ? " or more" : "")
             : NULL;
}

static void
told_cases(void *arg, const PGresult *res)
{
    struct overdue *o = arg;
    const char *n = how_many(o, res);
    char since[INSTANT_TEXT];

    if (!n)
        return;
    finding_bad(o->f, FINDING_PROBLEM, mend,
                "%s cases are due, and nobody could look at them: case %s since %s", n,
                row_text(res, 0, O_CASE), instant_write(row_instant(res, 0, O_SINCE), since));
}

static void
told_relays(void *arg, const PGresult *res)
{
    struct overdue *o = arg;
    const char *n = how_many(o, res);
    char since[INSTANT_TEXT];

    if (!n)
        return;
    finding_bad(o->f, FINDING_PROBLEM, mend,
                "%s times a case could not tell another, or open one: case %s since %s, by "
                "relay %lld",
                n, row_text(res, 0, O_CASE), instant_write(row_instant(res, 0, O_SINCE), since),
                (long long)row_int(res, 0, O_RELAY));
}

void
examine_due(struct findings *f, const struct settings *s)
{
    struct parameters p = parameters_new(f->arena);
    struct overdue o = {.f = f, .good = true};
    struct error e;
    struct asker *asker = asker_open(s->database_conninfo, "onestop doctor", &e);

    parameter_int(&p, s->database_cell);
    parameter_int(&p, OVERDUE_S);
    if (!asker || !asker_ask(asker, SQL_alarm_overdue, &p, told_cases, &o, &e) ||
        !asker_ask(asker, SQL_relay_overdue, &p, told_relays, &o, &e))
        finding_bad(f, FINDING_PROBLEM, "Mend the database first.", "what is due: %s", e.detail);
    else if (o.good)
        finding_good(f, "whatever was due was looked at, and what cases say to one another is "
                        "heard");
    if (asker)
        asker_close(asker);
}
